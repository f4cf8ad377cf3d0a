"""Enhanced status codes of mail servers (RFC 3463): finding them, and which end an address."""

from __future__ import annotations

import re

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_HARD = frozenset({"5.1.1", "5.1.2", "5.1.6", "5.0.0", "5.4.1"})


def status_in(text: str) -> str | None:
    """The first status code in a text such as `smtp; 550 5.1.1 unknown user`."""
    found = _STATUS.search(text)
    return found[1] if found else None


def is_hard(status: str | None) -> bool:
    """True when the address is not to be tried again."""
    return status in _HARD
