"""Finds signatures, and the footers that phones, programs and companies add."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from chalicelib.mail.reading.trimming.footers import DEVICES, NOTICES
from chalicelib.mail.reading.trimming.lines import Line

_DELIMITERS = ("--", "—", "–", "__", "- --")
"""RFC 3676 section 4.3, and what programs and people made of it. OpenPGP puts a dash before."""
_SEALED = "-----BEGIN PGP SIGNATURE-----"
_MAX_SIGNATURE = 8
"""Lines of a signature under a rule, which could as well part two chapters."""
_RULES = "-_\u2014\u2500"
_WIDEST = 100
_MAX_DEVICE = 140


def begins_signature(lines: Sequence[Line], at: int) -> bool:
    """All that follows is signature, until a quotation begins or another mail."""
    text = lines[at].text
    return text in _DELIMITERS or text == _SEALED or (lines[at].is_rule and _is_signed_below(lines, at))


def _is_signed_below(lines: Sequence[Line], at: int) -> bool:
    """The last few lines of what is written stand directly under this rule, and no heading over it."""
    rule = lines[at].text
    is_heading = at > 0 and bool(lines[at - 1].text) and rule[0] != "_"
    if rule[0] not in _RULES or is_heading or at + 1 == len(lines) or not lines[at + 1].text:
        return False
    below = []
    for line in lines[at + 1 : at + 3 * _MAX_SIGNATURE]:
        if line.is_quoted:
            break
        below.append(line)
    return sum(bool(line.text) for line in below) <= _MAX_SIGNATURE and all(
        len(line.text) <= _WIDEST and not line.is_rule for line in below
    )


def is_device(line: Line) -> bool:
    """A phone or a program names itself: "Sent from my phone". What begins small goes on a sentence."""
    text = line.text.lstrip("<([-_*\u2022 ")
    is_middle = text == line.text and text[:2].isascii() and text[:2].islower()
    if len(text) > _MAX_DEVICE or is_middle:
        return False
    return bool(_devices().match(text.lower()))


def is_notice(line: Line) -> bool:
    """Here begins a note of confidentiality, or of a virus scanner."""
    return bool(_notices().match(line.text.lstrip("<([-_* ").lower()))


@cache
def _devices() -> re.Pattern[str]:
    return re.compile("|".join(DEVICES.values()))


@cache
def _notices() -> re.Pattern[str]:
    return re.compile("|".join(NOTICES.values()))
