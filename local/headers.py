"""Header blocks of raw mails, read and cut without touching the body; hostile input never raises."""

from __future__ import annotations

import re
from email import policy
from email.parser import BytesParser
from email.utils import getaddresses

_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_FIELD = re.compile(rb"^([!-9;-~]+)[ \t]*:")


def split(raw: bytes) -> tuple[bytes, bytes]:
    """The header block with its last line break, and the rest, which begins with the blank line."""
    end = _END_OF_HEADERS.search(raw)
    if end is None:
        return raw, b""
    cut = raw.index(b"\n", end.start()) + 1
    return raw[:cut], raw[cut:]


def pairs(raw: bytes) -> list[tuple[str, str]]:
    """Every header in order, unfolded, undecoded; bytes outside UTF-8 become replacement characters."""
    message = BytesParser(policy=policy.compat32).parsebytes(split(raw)[0], headersonly=True)
    return [(name, _unfolded(str(value))) for name, value in message.raw_items()]


def _unfolded(value: str) -> str:
    return re.sub(r"\r?\n", "", value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def first(headers: list[tuple[str, str]], name: str) -> str:
    """The first value of the header, or an empty string."""
    return next((value for key, value in headers if key.lower() == name.lower()), "")


def addresses(headers: list[tuple[str, str]], name: str) -> list[str]:
    """The mailboxes of an address header as `Name <address>` texts; empty when it is not there."""
    values = [value for key, value in headers if key.lower() == name.lower()]
    try:
        found = getaddresses(values)
    except RecursionError:  # deeply nested comments
        return values
    return [f"{person} <{address}>" if person else address for person, address in found if address]


def without(raw: bytes, prefix: str) -> bytes:
    """The mail without the headers whose name starts with `prefix`, folded lines included."""
    block, rest = split(raw)
    kept: list[bytes] = []
    dropping = False
    for line in block.splitlines(keepends=True):
        if not line.startswith((b" ", b"\t")):
            field = _FIELD.match(line)
            dropping = bool(field and field[1].lower().startswith(prefix.lower().encode()))
        if not dropping:
            kept.append(line)
    return b"".join(kept) + rest
