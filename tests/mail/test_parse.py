"""A mail becomes what support needs of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chalicelib.mail.parts import Address, UnreadableMail
from chalicelib.mail.reading.parse import parse_mail
from tests.mail.mails import NOW, letter, of_parts, part, read


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


@pytest.mark.parametrize(
    "date",
    [
        "soon",
        "",
        "Mon, 99 Foo 2026",
        "1 Jan 99999 00:00:00 +9999",
        "Mon, 1 Jan 1900 00:00:00 +0000",
        "Wed, 31 Dec 1969 23:59:59 +0000",
        "Thu, 1 Jan 1970 00:30:00 +0100",
    ],
)
def test_a_date_that_is_none_is_none(date: str) -> None:
    assert read(letter("x", f"Date: {date}")).date is None


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_lines_end_as_they_like(end: bytes) -> None:
    parts = part("One\nTwo", "Content-Type: text/plain"), part("x", "Content-Type: text/csv; name=a.csv")
    mail = read(of_parts("mixed", *parts, headers=("Reply-To: b@x.example",)).replace(b"\r\n", end))

    assert (mail.subject, mail.text) == ("A question", "One\nTwo")
    assert mail.reply_to == (Address(address="b@x.example"),)
    assert [one.filename for one in mail.attachments] == ["a.csv"]


def test_references_are_the_newest_ones_and_the_first() -> None:
    ids = " ".join(f"<{number}@x.org>" for number in range(8))

    assert read(letter("x", f"References: {ids}")).references == tuple(f"{n}@x.org" for n in (7, 6, 5, 4, 0))


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

    assert mail.headers.pop("date") == ("Sun, 1 Mar 2026 10:00:00 +0100",)
    assert mail.headers.pop("from") == ("Ada <ada@example.org>",)
    assert mail.headers == {"auto-submitted": ("auto-replied",), "list-id": ("<l.example.org>",)}


def test_a_mail_without_from_is_read() -> None:
    assert read(b"Subject: x\r\n\r\nbody").from_ is None
    assert read(b"Sender: s@x.org\r\n\r\nbody").from_ == Address(address="s@x.org")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b" \r\n \r\n", "empty"),
        (b"\x00\xff" * 900, "no_headers"),
        (b"Return-Path: <a@b.example>\r\nX-SES-Spam-Verdict: PASS\r\n\x00\xff no mail", "no_headers"),
        (b"x" * 50_000_001, "too_large"),
    ],
)
def test_what_is_no_mail_says_why(raw: bytes, reason: str) -> None:
    with pytest.raises(UnreadableMail) as caught:
        parse_mail(raw, now=NOW)
    assert caught.value.reason == reason
