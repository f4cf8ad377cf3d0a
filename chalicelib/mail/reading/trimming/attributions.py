"""Finds attributions, such as "On Monday, Ada wrote:", by what all have in common rather than by language.

Each ends with a colon, as good as always, and has two of: a date, an address in brackets, a word for "wrote".
They are found from their last line upwards, since most programs break them over two lines or three.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from chalicelib.mail.reading.trimming.lines import Line
from chalicelib.mail.reading.trimming.words import FIRST_PERSON, WROTE, WROTE_UNSPACED

_MAX_LINES = 6
_MAX_LENGTH = 500
_LONGEST_NAME = 80
_COLON = re.compile(r"[:：][\s*_\"]{0,3}$")
_DASHES = re.compile(r"\w\s?-{2,}$")
_FRAMED = re.compile(r"-{3,}\s?\w.{0,200}\w\s?-{2,}$")
_ADDRESS_LAST = re.compile(r"\S@[\w.-]{1,100}[\s>)\]]{0,3}[:：]$")
_NO_COLON = re.compile(
    r"\d{4}[-/]\d\d?[-/]\d\d?\s(?:[^<>]{0,100}<[^\s<>@]{1,80}@[^\s<>@]{1,120}>|.{0,10}(?:gmt|utc)[+-]\d.{1,80})$"
)
"""What Gmail once wrote: a date in digits, and who."""
_SENTENCE_ENDS = re.compile(r"(?:[!?;:：。]|\w{5}\.)$")
_CLOSES_BRACKET = re.compile(r">\s?[^\s:>]{0,20}(?:\s[^\s:>]{1,20}){0,2}\s?[:：]$")


def attributions(lines: Sequence[Line]) -> dict[int, int]:
    """Where attributions begin, and where each has ended: `{start: end}`, `end` exclusive.

    Also that on top of a quotation; the others inside of quotations are part of what is quoted.
    """
    found: dict[int, int] = {}
    free = 0
    for last, line in enumerate(lines):
        if not line.text or not _may_end(lines, last):
            continue
        start = _start(lines, last, free)
        if start is not None:
            found[start] = free = last + 1
    return found


def closes_bracket(lines: Sequence[Line], at: int) -> bool:
    """Whether this line begins with `>` for it ends an address that a program broke, as in `> wrote:`."""
    if not at or not _CLOSES_BRACKET.match(lines[at].text):
        return False
    above = "".join(line.text for line in lines[max(0, at - 3) : at] if not line.is_quoted)
    return above.count("<") > above.count(">") and not lines[at - 1].is_quoted


def _may_end(lines: Sequence[Line], at: int) -> bool:
    text = lines[at].text
    if text[-1] in ":：-*_" or text.endswith((': "', ':"')):
        return True
    below = lines[at + 1] if at + 1 < len(lines) else None
    return lines[at].unquoted[:4].isdigit() and (below is None or below.is_blank or below.is_quoted)


def _start(lines: Sequence[Line], last: int, free: int) -> int | None:
    """The first line of the attribution that ends with `last`; not before `free`."""
    found: int | None = None
    for start in _starts(lines, last, free):
        if found is None:
            found = start if _attributes(lines[start : last + 1]) else None
        elif any(line.has_date for line in lines[found : last + 1]):
            break
        elif lines[start].begins_with_date and lines[start].has_date:
            found = start
    if found is None and _is_followed_by_quotation(lines, last) and _names_somebody(lines, last):
        return last
    if found is not None and lines[found].is_quoted and found and lines[found - 1].is_quoted:
        return None
    return found


def _starts(lines: Sequence[Line], last: int, free: int) -> Iterator[int]:
    """`last` and the lines above it, while they can belong together."""
    yield last
    quoted = lines[last].is_quoted and not closes_bracket(lines, last)
    for start in range(last - 1, max(free, last - _MAX_LINES + 1) - 1, -1):
        line = lines[start]
        if line.is_quoted is not quoted or _SENTENCE_ENDS.search(line.text):
            return
        if line.is_blank and not lines[start + 1].text.startswith("<"):
            return
        if line.text:
            yield start


def _attributes(window: Sequence[Line]) -> bool:
    """The lines together are an attribution, though what comes above may belong to it."""
    text = " ".join(line.unquoted for line in window)[-_MAX_LENGTH:].lower()
    if not _COLON.search(text) and not _DASHES.search(text):
        return bool(_NO_COLON.match(text))
    wrote = _wrote().search(text)
    if wrote and _FRAMED.match(text):
        return True
    first = window[0]
    is_dated = any(line.has_date for line in window)
    is_timed = any(line.has_time for line in window)
    is_addressed = any(line.has_address for line in window)
    if is_dated and is_timed and (is_addressed or _ADDRESS_LAST.search(text)):
        return first.begins_with_date or first.has_address or bool(wrote)
    if not wrote or _is_in_first_person(text, wrote):
        return False
    return is_addressed or (first.begins_with_date and (is_dated or is_timed))


def _is_in_first_person(text: str, wrote: re.Match[str]) -> bool:
    return not FIRST_PERSON.isdisjoint(
        text[: wrote.start()].split()[-1:] + text[wrote.end() :].strip(" :").split()[:1]
    )


def _names_somebody(lines: Sequence[Line], at: int) -> bool:
    """Somebody wrote what is quoted below: "Ada wrote:" in a paragraph of its own, with no date."""
    text = lines[at].text.lower()
    if len(text) > _LONGEST_NAME or lines[at].is_quoted or (at and lines[at - 1].text):
        return False
    return any(
        one.start() > 0 and _COLON.fullmatch(text[one.end() :].lstrip()) for one in _wrote().finditer(text)
    )


def _is_followed_by_quotation(lines: Sequence[Line], at: int) -> bool:
    below = next((line for line in lines[at + 1 : at + 3] if line.text), None)
    return below is not None and below.is_quoted


@cache
def _wrote() -> re.Pattern[str]:
    """For text in lower case."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(WROTE.values())})(?!\w)|{'|'.join(WROTE_UNSPACED.values())}")
