"""Finds what stands above a mail that is answered or forwarded: a title, a rule, fields of its header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from chalicelib.mail.reading.trimming.lines import Line
from chalicelib.mail.reading.trimming.words import ABOVE, FORWARDED, TITLES

_MAX_LINES = 24
_MAX_CONTINUED = 3
_MAX_TITLE = 100
_FRAME = "-_=*~#>\u2010\u2011\u2012\u2013\u2014\u2015 "
_FEW, _SOME = 2, 3
"""So many different fields make a header, with a title or an address and a date, or with one of the two."""


class Header(NamedTuple):
    """Lines that head another mail; `end` is exclusive."""

    end: int
    forwarded: bool = False


def header_at(lines: Sequence[Line], at: int) -> Header | None:
    """The header that begins with this line, if one does."""
    line = lines[at]
    if line.field:
        return _fields(lines, at, alone=True)
    if line.is_rule:
        return _below(lines, at)
    title = line.text.strip(_FRAME + ":：").lower()
    if not title or len(line.text) > _MAX_TITLE:
        return None
    is_framed = line.text[0] in _FRAME and line.text[1:2] in _FRAME
    if not is_framed and line.text[-1] not in ":：":
        return None
    below = _below(lines, at)
    title = title.replace("&nbsp;", " ").strip()
    if _forwarded().match(title):
        if is_framed or below:
            return Header(below.end if below else at + 1, forwarded=True)
    elif is_framed and _titles().fullmatch(title):
        return below or Header(at + 1)
    return below if is_framed and line.text[:3] == line.text[-3:] == "---" else None


def says_reply_above(line: Line) -> bool:
    """A help desk asks for the answer above this line."""
    return len(line.text) <= _MAX_TITLE and bool(_above().search(line.text.lower()))


def _below(lines: Sequence[Line], at: int) -> Header | None:
    """The fields under a title or a rule, at most one line further down."""
    for below in range(at + 1, min(at + 4, len(lines))):
        if lines[below].text and not lines[below].is_rule:
            return _fields(lines, below, alone=False)
    return None


def _fields(lines: Sequence[Line], at: int, *, alone: bool) -> Header | None:
    """Fields of a header with their continuations; `alone` they have to be more, and look real."""
    found: set[str] = set()
    end = at
    for place in range(at, min(at + _MAX_LINES, len(lines))):
        line = lines[place]
        if line.field:
            found.add(line.field)
            end = place + 1
        elif place - end >= _MAX_CONTINUED or (line.is_blank and not _goes_on(lines, place)):
            break
    while at < end < min(at + _MAX_LINES, len(lines)) and lines[end - 1].text.endswith((",", ";")):
        end += 1
    if len(found) < _FEW or not alone:
        return Header(end) if "from" in found and len(found) >= _FEW else None
    block = lines[at:end]
    is_dated = any(line.field == "date" and line.has_date and line.has_time for line in block)
    is_addressed = any("@" in line.text for line in block)
    if is_dated and is_addressed:
        return Header(end)
    looks_real = is_addressed or any(line.has_date or line.has_time for line in block)
    return Header(end) if looks_real and len(found) >= _SOME and found & {"from", "date"} else None


def _goes_on(lines: Sequence[Line], blank: int) -> bool:
    """Some programs put empty lines between fields."""
    below = next((line for line in lines[blank + 1 : blank + 3] if line.text), None)
    return below is not None and bool(below.field)


@cache
def _titles() -> re.Pattern[str]:
    return re.compile("|".join(TITLES.values()))


@cache
def _forwarded() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(FORWARDED.values())})(?!\w)")


@cache
def _above() -> re.Pattern[str]:
    return re.compile("|".join(ABOVE.values()))
