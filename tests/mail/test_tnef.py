"""Outlook's winmail.dat is opened: it stays, and the files in it stand beside it."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.reading.tnef import files_in
from tests.mail.mails import of_parts, part, read


def attribute(level: int, identifier: int, value: bytes) -> bytes:
    checksum = sum(value) & 0xFFFF
    return struct.pack("<BHHI", level, identifier, 0, len(value)) + value + struct.pack("<H", checksum)


def winmail(*files: tuple[bytes, bytes, str | None]) -> bytes:
    """A winmail.dat of files, each with its short name, its content and its long name."""
    out = struct.pack("<IH", 0x223E9F78, 1) + attribute(1, 0x9006, struct.pack("<I", 0x10000))
    for short, content, long in files:
        out += (
            attribute(2, 0x9002, bytes(14))
            + attribute(2, 0x8010, short + b"\0")
            + attribute(2, 0x800F, content)
        )
        if long is not None:
            name = long.encode("utf-16-le") + b"\0\0"
            padded = name + bytes(-len(name) % 4)
            properties = struct.pack("<IHHI", 2, 0x0003, 0x0E20, 7)
            properties += struct.pack("<HHII", 0x001F, 0x3707, 1, len(name)) + padded
            out += attribute(2, 0x9005, properties)
    return out


def test_files_come_with_their_long_names() -> None:
    found = files_in(
        winmail((b"INVOIC~1.PDF", b"%PDF-1.7 x", "Invoice of März.pdf"), (b"a.txt", b"plain", None))
    )

    assert found == [("Invoice of März.pdf", b"%PDF-1.7 x"), ("a.txt", b"plain")]


def test_what_is_cut_gives_what_came_whole() -> None:
    whole = winmail((b"a.txt", b"first", None), (b"b.txt", b"second" * 100, None))

    assert files_in(whole[:-50]) == [("a.txt", b"first")]


def test_the_files_stand_beside_the_winmail() -> None:
    raw = of_parts(
        "mixed",
        part("See the invoice.", "Content-Type: text/plain"),
        part(
            winmail((b"..\\x.pdf", b"%PDF-1.7 x", None)),
            'Content-Type: application/ms-tnef; name="winmail.dat"',
            "Content-Transfer-Encoding: binary",
        ),
    )

    assert [(one.filename, one.content_type) for one in read(raw).attachments] == [
        ("winmail.dat", "application/ms-tnef"),
        ("x.pdf", "application/pdf"),
    ]


def test_files_are_bounded() -> None:
    assert len(files_in(winmail(*[(b"a.txt", b"x", None)] * 70))) == 50


@given(st.binary(max_size=300), st.integers(0, 200))
def test_any_bytes(tail: bytes, at: int) -> None:
    files_in(tail)
    whole = winmail((b"a.txt", b"first", "long.txt"))
    files_in(whole[:at] + tail + whole[at:])
