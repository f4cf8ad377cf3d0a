"""Names, subjects and addresses as people and their programs write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.reading.addresses import addresses
from chalicelib.mail.reading.headers import Headers, decode_words


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?UTF-8?b?R3LDvMOfZQ?=", "Grüße"),
        (b"=?utf-8?Q?Gr=C3?=\r\n =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"),
        (b"Re: =?iso-8859-1?q?Gr=FC=DFe?= again", "Re: Grüße again"),
        (b"=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        (b"=?nonsense?Q?abc?=", "abc"),
        ("Grüße".encode(), "Grüße"),
        ("Grüße".encode("cp1252"), "Grüße"),
        (b"=?utf-8?Q?broken", "=?utf-8?Q?broken"),
        (b"=?utf-8?Q?Really=3F_yes??=", "Really? yes?"),
    ],
)
def test_encoded_words(raw: bytes, expected: str) -> None:
    assert decode_words(raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"Ada <ada@X.Org>", [("Ada", "ada@x.org")]),
        (b'"Lovelace, Ada" <ada@x.org>, bob@x.org', [("Lovelace, Ada", "ada@x.org"), ("", "bob@x.org")]),
        (b"=?utf-8?Q?M=C3=BCller=2C_A?= <a@x.org>", [("Müller, A", "a@x.org")]),
        (b'"=?utf-8?Q?M=C3=BCller=2C_A?=" <a@x.org>', [("Müller, A", "a@x.org")]),
        (b"undisclosed-recipients:;", []),
        (b"Team: a@x.org, B <b@x.org>;", [("", "a@x.org"), ("B", "b@x.org")]),
        (b"a@x.org; b@x.org", [("", "a@x.org"), ("", "b@x.org")]),
        (b"ada@x.org (Ada (the first))", [("", "ada@x.org")]),
        (b"<ada@x.org>", [("", "ada@x.org")]),
        (b"Ada \\(x\\) <ada@x.org", [("Ada (x)", "ada@x.org")]),
        (b"nobody", []),
        (b"", []),
    ],
)
def test_address_lists(raw: bytes, expected: list[tuple[str, str]]) -> None:
    assert [(one.name, one.address) for one in addresses([raw])] == expected


def test_an_address_list_is_bounded() -> None:
    assert len(addresses([b"a@x.org, " * 500])) == 50


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("attachment; filename=a.pdf", "a.pdf"),
        ("attachment; filename*=utf-8''%C3%A4.pdf", "ä.pdf"),
        ("attachment; filename*0*=utf-8''%C3%A4; filename*1=b.pdf", "äb.pdf"),
        ('attachment; filename="=?utf-8?Q?=C3=A4.pdf?="', "ä.pdf"),
        ("attachment; filename*=nonsense''%E4.pdf", "ä.pdf"),
        ("attachment", ""),
        (f"attachment; filename*{'9' * 5_000}=x", ""),
    ],
)
def test_parameters(value: str, expected: str) -> None:
    headers = Headers.parse(b"Content-Disposition: " + value.encode())

    assert headers.parameter("content-disposition", "filename") == expected


def test_a_line_that_is_no_header_ends_nothing() -> None:
    assert Headers.parse(b"Subject: a\r\nnonsense\r\nFrom: b@x.org").text("from") == "b@x.org"


@given(st.binary(max_size=200))
def test_any_value_is_decoded_and_read(raw: bytes) -> None:
    decode_words(raw).encode("utf-8", "surrogatepass")
    for one in addresses([raw]):
        assert "\n" not in one.name
