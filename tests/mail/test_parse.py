"""A mail becomes what support needs of it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.mail.parse import parse_mail
from chalicelib.mail.parts import Address, UnreadableMail
from tests.mail.mails import NOW, letter, nested, of_parts, part, read


def test_an_ordinary_mail() -> None:
    mail = read(letter("Where is my order?\n", "Cc: Bob <bob@example.org>, carol@example.org"))

    assert mail.from_ == Address(name="Ada", address="ada@example.org")
    assert mail.to == (Address(address="help@shop.example"),)
    assert [one.address for one in mail.cc] == ["bob@example.org", "carol@example.org"]
    assert mail.subject == "A question"
    assert mail.message_id == "one@example.org"
    assert mail.date == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    assert mail.text == "Where is my order?"
    assert (mail.html, mail.attachments, mail.attachments_omitted) == (None, (), 0)


def test_a_date_in_the_future_is_now() -> None:
    assert read(letter("x", "Date: Tue, 1 Jan 2069 00:00:00 +0000")).date == NOW


@pytest.mark.parametrize("date", ["soon", "", "Mon, 99 Foo 2026", "1 Jan 99999 00:00:00 +9999"])
def test_a_date_that_is_none_is_none(date: str) -> None:
    assert read(letter("x", f"Date: {date}")).date is None


def test_references_are_newest_first_and_five_at_most() -> None:
    ids = " ".join(f"<{number}@x.org>" for number in range(8))

    assert read(letter("x", f"References: {ids}")).references == tuple(f"{n}@x.org" for n in (7, 6, 5, 4, 3))


@pytest.mark.parametrize(
    "value",
    [
        "<a@x.org> <b@x.org>",
        "a@x.org,b@x.org",
        "<a@x.org>,\r\n\t<b@x.org>",
        "a@x.org <b@x.org>",
        "<a@x.org><b@x.org>",
    ],
)
def test_ids_are_split_however_they_are_written(value: str) -> None:
    assert read(letter("x", f"References: {value}")).references == ("b@x.org", "a@x.org")


def test_an_id_broken_by_folding_is_joined() -> None:
    assert read(letter("x", "In-Reply-To: <0102-abc\r\n @eu-west-1.amazonses.com>")).in_reply_to == (
        "0102-abc@eu-west-1.amazonses.com"
    )


def test_plain_text_wins_over_html() -> None:
    mail = read(
        of_parts(
            "alternative",
            part("plain words", "Content-Type: text/plain"),
            part("<p>html words</p>", "Content-Type: text/html"),
        )
    )

    assert mail.text == "plain words"
    assert mail.html == "<p>html words</p>"


def test_html_gives_the_text_when_the_plain_part_is_blank() -> None:
    mail = read(
        of_parts(
            "alternative",
            part(" \n", "Content-Type: text/plain"),
            part('<div style="display:none">peek</div><p>html <b>words</b></p>', "Content-Type: text/html"),
        )
    )

    assert mail.text.strip() == "html words"


def test_several_inline_texts_are_joined_around_a_picture() -> None:
    mail = read(
        of_parts(
            "mixed",
            part("before", "Content-Type: text/plain"),
            part(b"\x89PNG\r\n\x1a\n", "Content-Type: image/png; name=p.png", "Content-Disposition: inline"),
            part("after", "Content-Type: text/plain"),
        )
    )

    assert mail.text == "before\n\nafter"
    assert [(one.filename, one.inline) for one in mail.attachments] == [("p.png", True)]


def test_plain_text_between_html_keeps_its_place_in_both() -> None:
    mail = read(
        of_parts(
            "mixed",
            part("<p>first</p>", "Content-Type: text/html"),
            part("a < b", "Content-Type: text/plain"),
        )
    )

    assert mail.text == "first\n\na < b"
    assert mail.html == "<p>first</p>\n<pre>a &lt; b</pre>"


def test_alternative_inside_related_inside_mixed() -> None:
    alternative = nested(
        "alternative",
        part("plain", "Content-Type: text/plain"),
        part('<img src="cid:logo">', "Content-Type: text/html"),
        boundary="inner",
    )
    logo = part(b"GIF89a", "Content-Type: image/gif", "Content-ID: <logo>")
    mail = read(
        of_parts(
            "mixed",
            nested("related", alternative, logo, boundary="mid"),
            part("x", "Content-Disposition: attachment"),
        )
    )

    assert (mail.text, mail.html) == ("plain", '<img src="cid:logo">')
    assert [(one.content_id, one.inline) for one in mail.attachments] == [("logo", True), (None, False)]
    assert mail.part_types[:4] == (
        "multipart/mixed",
        "multipart/related",
        "multipart/alternative",
        "text/plain",
    )


def test_flowed_text_is_joined() -> None:
    body = "This is one \nparagraph.\n> quoted \n> too\n-- \nAda\n"

    assert read(letter(body, "Content-Type: text/plain; format=flowed")).text == (
        "This is one paragraph.\n> quoted too\n-- \nAda"
    )


def test_flowed_text_with_deleted_spaces() -> None:
    assert (
        read(letter("日 \n本\n", "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes")).text
        == "日本"
    )


def test_transfer_encodings_are_undone() -> None:
    encoded = base64.b64encode("Grüße".encode()).rstrip(b"=")  # many senders forget the padding
    plain = "Content-Type: text/plain; charset=utf-8"

    assert read(letter(encoded, plain, "Content-Transfer-Encoding: BASE64")).text == "Grüße"
    assert (
        read(letter("Gr=C3=BC=\n=C3=9Fe", plain, "Content-Transfer-Encoding: quoted-printable")).text
        == "Grüße"
    )
    assert (
        read(letter("begin 644 a.txt\n#0V%T\n`\nend\n", "Content-Transfer-Encoding: x-uuencode")).text
        == "Cat"
    )


def test_a_reply_is_trimmed_and_nothing_is_lost() -> None:
    mail = read(letter("Thanks!\n\nOn Sun, 1 Mar 2026, Shop wrote:\n> Your order left.\n"))

    assert mail.visible == "Thanks!"
    assert mail.elided.strip() == "On Sun, 1 Mar 2026, Shop wrote:\n> Your order left."


def test_controls_and_surrogates_leave_the_text() -> None:
    mail = read(letter(b"a\x00b\x07c\xed\xa0\x80d", "Subject: x\x00\x0by"))

    assert "\x00" not in mail.text + mail.subject
    mail.text.encode()
    assert "\n" not in mail.subject


def test_a_long_text_is_cut_and_says_so() -> None:
    mail = read(letter("é" * 1_200_000, "Content-Type: text/plain; charset=utf-8"))

    assert (len(mail.text), mail.text_truncated) == (1_000_000, True)


def test_headers_needed_for_classification_are_kept() -> None:
    mail = read(letter("x", "Auto-Submitted: auto-replied", "List-Id: <l.example.org>", "X-Other: no"))

    assert mail.headers == {"auto-submitted": ("auto-replied",), "list-id": ("<l.example.org>",)}


def test_an_attached_mail_stays_what_it_is() -> None:
    inner = letter("inner text", "Subject: inner")
    mail = read(
        of_parts(
            "mixed", part("outer", "Content-Type: text/plain"), part(inner, "Content-Type: message/rfc822")
        )
    )

    assert mail.text == "outer"
    assert [(one.content_type, one.content) for one in mail.attachments] == [("message/rfc822", inner)]


def test_a_mail_cut_in_transit_keeps_what_came() -> None:
    whole = of_parts(
        "mixed", part("hello there", "Content-Type: text/plain"), part("rest", "Content-Type: text/plain")
    )

    assert read(whole[: whole.index(b"rest") + 2]).text == "hello there\n\nre"


def test_a_multipart_without_its_boundary_shows_what_it_holds() -> None:
    assert read(letter("only text", "Content-Type: multipart/mixed")).text == "only text"


def test_a_mail_without_from_is_read() -> None:
    assert read(b"Subject: x\r\n\r\nbody").from_ is None
    assert read(b"Sender: s@x.org\r\n\r\nbody").from_ == Address(address="s@x.org")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b" \r\n \r\n", "empty"),
        (b"\x00\xff" * 900, "no_headers"),
        (b"x" * 50_000_001, "too_large"),
    ],
)
def test_what_is_no_mail_says_why(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableMail) as caught:
        parse_mail(raw, now=NOW)
    assert caught.value.reason == reason


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
@settings(deadline=None)
def test_mutated_mails_are_read_or_unreadable(changes: list[tuple[int, bytes, int]]) -> None:
    raw = SEED
    for at, inserted, dropped in changes:
        raw = raw[:at] + inserted + raw[at + dropped :]
    _readable(raw)


def _readable(raw: bytes) -> None:
    """Read, or refused for one of the two reasons that are a property of the bytes, never by the last guard."""
    refused = None
    try:
        parse_mail(raw, now=NOW).model_dump_json(exclude={"attachments"}).encode()
    except UnreadableMail as error:
        refused = error.reason
    assert refused in {None, "empty", "no_headers"}
