"""Attachments arrive with safe names and honest types, and none is dropped silently."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.reading.attachments import safe_name, sniffed
from tests.mail.mails import letter, of_parts, part, read


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\bill.pdf", "bill.pdf"),
        ("bill\u202efdp.exe", "billfdp.exe"),
        ("a\r\nb\x00.txt", "ab.txt"),
        ("  .hidden. ", "hidden"),
        ("..", ""),
        ("\u3000.\xa0", ""),
        ("", ""),
        ('what?"<x>.txt', "what___x_.txt"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("ünï çödé.pdf", "ünï çödé.pdf"),
    ],
)
def test_names_lose_what_is_dangerous(name: str, expected: str) -> None:
    assert safe_name(name) == expected


@given(st.text(max_size=400))
def test_any_name_is_short_and_bare(name: str) -> None:
    safe = safe_name(name)

    assert len(safe) <= 150
    assert not set(safe) & set('/\\\r\n\x00\u202e<>"')


@pytest.mark.parametrize(
    ("content", "declared", "expected"),
    [
        (b"%PDF-1.7", "image/png", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "text/html", "image/png"),
        (b"MZ\x90", "image/png", "application/x-msdownload"),
        (b"PK\x03\x04", "application/octet-stream", "application/zip"),
        (
            b"PK\x03\x04",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (b"RIFF\x00\x00\x00\x00WEBP", "", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", "", "image/heic"),
        (b"\x78\x9f\x3e\x22", "application/octet-stream", "application/ms-tnef"),
        (b"BEGIN:VCALENDAR", "text/calendar", "text/calendar"),
        (b"<script>", "text/html", "application/octet-stream"),
        (b"<svg/>", "image/svg+xml", "application/octet-stream"),
        (b"a,b", "text/csv", "text/csv"),
    ],
)
def test_types_are_sniffed_then_declared_if_harmless(content: bytes, declared: str, expected: str) -> None:
    assert sniffed(content, declared) == expected


def test_what_is_kept_of_an_attachment() -> None:
    raw = of_parts(
        "mixed",
        part("hello", "Content-Type: text/plain"),
        part("YWJj", "Content-Type: text/csv; name=t.csv", "Content-Transfer-Encoding: base64"),
    )
    (one,) = read(raw).attachments

    assert (one.filename, one.content_type, one.content, one.size) == ("t.csv", "text/csv", b"abc", 3)
    assert one.sha256 == hashlib.sha256(b"abc").hexdigest()
    assert (one.inline, one.content_id) == (False, None)


def test_text_with_a_file_name_is_an_attachment() -> None:
    mail = read(letter("log line", "Content-Type: text/plain; name=server.log"))

    assert (mail.text, mail.attachments[0].filename) == ("", "server.log")


def test_a_part_without_a_name_gets_one() -> None:
    raw = of_parts(
        "mixed", part("x", "Content-Type: text/plain"), part("BEGIN:VCALENDAR", "Content-Type: text/calendar")
    )

    assert read(raw).attachments[0].filename == "calendar-1.ics"


def test_the_fifty_first_is_counted() -> None:
    files = [part("x", "Content-Type: text/csv", "Content-Disposition: attachment") for _ in range(53)]
    mail = read(of_parts("mixed", part("hello", "Content-Type: text/plain"), *files))

    assert (len(mail.attachments), mail.attachments_omitted) == (50, 3)


def test_broken_base64_is_kept_as_it_came() -> None:
    raw = letter("!!!", "Content-Type: application/pdf", "Content-Transfer-Encoding: base64")

    assert read(raw).attachments[0].content == b"!!!"
