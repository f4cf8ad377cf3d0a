"""The files in a winmail.dat, as Outlook wraps them when it sends "rich text" (MS-OXTNEF); never raises.

Attributes are read one after the other: level, id, length, data, checksum. A file is the attributes between
two beginnings of an attachment; its long name is a property of MAPI.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from chalicelib.mail.reading.charsets import clean, decode

MAX_ATTRIBUTES = 5_000
MAX_PROPERTIES = 500
MAX_FILES = 50

_SIGNATURE = 0x223E9F78
_RENDER, _DATA, _TITLE, _PROPERTIES = 0x9002, 0x800F, 0x8010, 0x9005
_LONG_NAME = 0x3707
_STRING, _UNICODE = 0x001E, 0x001F
_FIXED = {
    0x0002: 4,
    0x0003: 4,
    0x0004: 4,
    0x000A: 4,
    0x000B: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x0014: 8,
    0x0040: 8,
}
"""Bytes of values of a fixed size, by type; a 16-bit number takes four, too."""


class EnclosedFile(NamedTuple):
    name: str
    content: bytes


def files_in(content: bytes) -> list[EnclosedFile]:
    """The files, at most 50, in their order; those that come whole when the rest is cut or broken."""
    found: list[EnclosedFile] = []
    title, long_name, data = "", "", None
    for attribute, value in [*_attributes(content), (_RENDER, b"")]:
        if attribute == _RENDER:
            if data is not None and len(found) < MAX_FILES:
                found.append(EnclosedFile(long_name or title, data))
            title, long_name, data = "", "", None
        elif attribute == _DATA:
            data = value
        elif attribute == _TITLE:
            title = _text(value)
        elif attribute == _PROPERTIES:
            long_name = _long_name(value) or long_name
    return found


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    if len(content) < 6 or struct.unpack_from("<I", content)[0] != _SIGNATURE:
        return
    at = 6
    for _ in range(MAX_ATTRIBUTES):
        if at + 9 > len(content):
            return
        _, attribute, _, length = struct.unpack_from("<BHHI", content, at)
        at += 9
        if at + length + 2 > len(content):
            return
        yield attribute, content[at : at + length]
        at += length + 2


def _long_name(block: bytes) -> str:
    """The property of the long file name; "" when the properties before it cannot be read."""
    try:
        return next(
            (_value_text(kind, value) for tag, kind, value in _properties(block) if tag == _LONG_NAME), ""
        )
    except struct.error:
        return ""


def _properties(block: bytes) -> Iterator[tuple[int, int, bytes]]:
    (count,) = struct.unpack_from("<I", block)
    at = 4
    for _ in range(min(count, MAX_PROPERTIES)):
        kind, tag = struct.unpack_from("<HH", block, at)
        at += 4
        if tag >= 0x8000:
            at = _after_name(block, at)
        if kind in _FIXED:
            yield tag, kind, block[at : at + _FIXED[kind]]
            at += _FIXED[kind]
            continue
        if kind not in (_STRING, _UNICODE, 0x000D, 0x0102):
            return
        (values,) = struct.unpack_from("<I", block, at)
        at += 4
        for _ in range(min(values, MAX_PROPERTIES)):
            (length,) = struct.unpack_from("<I", block, at)
            yield tag, kind, block[at + 4 : at + 4 + length]
            at += 4 + (length + 3) // 4 * 4


def _after_name(block: bytes, at: int) -> int:
    """Where the value of a named property begins: behind its set, and its number or name."""
    (by_name,) = struct.unpack_from("<I", block, at + 16)
    if not by_name:
        return at + 24
    length: int = struct.unpack_from("<I", block, at + 20)[0]
    return at + 24 + (length + 3) // 4 * 4


def _value_text(kind: int, value: bytes) -> str:
    return clean(value.decode("utf-16-le", "replace")).strip("\0") if kind == _UNICODE else _text(value)


def _text(value: bytes) -> str:
    return clean(decode(value.rstrip(b"\0"), guess=False))
