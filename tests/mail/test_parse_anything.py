"""Any bytes are read, or refused in the one way that support knows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.parts import UnreadableMail
from chalicelib.mail.reading.parse import parse_mail
from tests.mail.mails import NOW, nested, of_parts, part


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_unreadable(raw: bytes) -> None:
    _readable(raw)
    _readable(b"From: a@x.org\r\n" + raw)


SEED = of_parts(
    "mixed",
    nested(
        "alternative",
        part(
            "Gr=FC=DFe",
            "Content-Type: text/plain; charset=iso-8859-1",
            "Content-Transfer-Encoding: quoted-printable",
        ),
        part("<p>Hi</p>", "Content-Type: text/html; charset=utf-8"),
        boundary="inner",
    ),
    part(
        "eA==",
        "Content-Type: application/pdf; name*0*=utf-8''%C3%A4; name*1=b.pdf",
        "Content-Transfer-Encoding: base64",
    ),
    headers=(
        "Subject: =?utf-8?B?R3LDvMOfZQ==?=",
        "References: <a@x.org> <b@x.org>",
        "Reply-To: g: a@x.org, b@x.org;",
    ),
)


@given(
    st.lists(st.tuples(st.integers(0, len(SEED) - 1), st.binary(max_size=6), st.integers(0, 40)), max_size=8)
)
def test_mutated_mails_are_read_or_unreadable(changes: list[tuple[int, bytes, int]]) -> None:
    raw = SEED
    for at, inserted, dropped in changes:
        raw = raw[:at] + inserted + raw[at + dropped :]
    _readable(raw)


def _readable(raw: bytes) -> None:
    """Read, or refused for a reason that the bytes give, never by the last guard."""
    refused = None
    try:
        parse_mail(raw, now=NOW).model_dump_json(exclude={"attachments"}).encode()
    except UnreadableMail as error:
        refused = error.reason
    assert refused in {None, "empty", "no_headers"}
