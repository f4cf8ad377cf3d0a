"""Builders of mails, written as they travel: bytes with CRLF."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.mail.parts import ParsedMail
from chalicelib.mail.reading.parse import parse_mail

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def letter(body: str | bytes = "Hello", *headers: str, sender: str = "Ada <ada@example.org>") -> bytes:
    """A mail from Ada with further or replacing headers."""
    given = {line.partition(":")[0].lower() for line in headers}
    usual = [
        f"From: {sender}",
        "To: help@shop.example",
        "Subject: A question",
        "Message-ID: <one@example.org>",
        "Date: Sun, 1 Mar 2026 10:00:00 +0100",
    ]
    lines = [line for line in usual if line.partition(":")[0].lower() not in given]
    head = "\r\n".join([*lines, *headers]).encode("utf-8", "surrogateescape")
    content = body if isinstance(body, bytes) else body.replace("\n", "\r\n").encode()
    return head + b"\r\n\r\n" + content


def part(body: str | bytes, *headers: str) -> bytes:
    content = body if isinstance(body, bytes) else body.replace("\n", "\r\n").encode()
    return "\r\n".join(headers).encode() + (b"\r\n\r\n" if headers else b"\r\n") + content


def multipart(subtype: str, *parts: bytes, boundary: str = "edge") -> tuple[bytes, str]:
    """The body of a multipart and its Content-Type header."""
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + piece + b"\r\n" for piece in parts) + mark + b"--\r\n"
    return body, f'Content-Type: multipart/{subtype}; boundary="{boundary}"'


def of_parts(subtype: str, *parts: bytes, headers: tuple[str, ...] = ()) -> bytes:
    body, content_type = multipart(subtype, *parts)
    return letter(body, content_type, *headers)


def nested(subtype: str, *parts: bytes, boundary: str) -> bytes:
    """A multipart as a part of another one."""
    body, content_type = multipart(subtype, *parts, boundary=boundary)
    return part(body, content_type)


def read(raw: bytes) -> ParsedMail:
    return parse_mail(raw, now=NOW)
