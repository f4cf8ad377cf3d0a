"""Texts that a regular expression would be slow on if it could be.

A pattern backtracks where a repetition is followed by what fails. So each repetition in it is pumped: what
leads up to it, then what it repeats, often, then something that it cannot go on with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from re import _constants as codes  # type: ignore[attr-defined]  # the parser's own names, as tests of re use them
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

ENDS = ("\x00", "!", "\n!")
"""What the pumped part is followed by, which most patterns cannot go on with."""


def hostile(pattern: re.Pattern[Any], size: int) -> Iterator[str]:
    """Texts of this size, one for each repetition in a pattern and each end."""
    text = pattern.pattern
    tree = parser.parse(text, pattern.flags)
    for lead, body in sorted(set(_pumps(tree, ""))):
        if body:
            for end in ENDS:
                yield (lead + body * (size // len(body) + 1))[: size - len(end)] + end
                if lead:
                    yield ((lead + body) * (size // len(lead + body) + 1))[: size - len(end)] + end


def _pumps(tree: Any, lead: str) -> Iterator[tuple[str, str]]:
    """What leads up to each repetition, and what it repeats."""
    for code, value in tree:
        for inner in _inner(code, value):
            yield from _pumps(inner, lead)
            if code in _REPEATS:
                yield lead, _sample(inner)
        lead += _sample([(code, value)])


_REPEATS = {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}


def _inner(code: Any, value: Any) -> list[Any]:
    if code in _REPEATS:
        return [value[2]]
    if code is codes.BRANCH:
        return list(value[1])
    if code is codes.SUBPATTERN:
        return [value[3]]
    if code in (codes.ASSERT, codes.ASSERT_NOT):
        return [value[1]]
    if code is codes.ATOMIC_GROUP:
        return [value]
    return []


def _sample(tree: Any) -> str:
    """A text that a part of a pattern matches, mostly."""
    return "".join(_one(code, value) for code, value in tree)


def _one(code: Any, value: Any) -> str:
    if code is codes.LITERAL:
        return chr(value)
    if code is codes.IN:
        return _of_set(value)
    if code in (codes.ANY, codes.NOT_LITERAL):
        return "a" if value != ord("a") else "b"
    if code in _REPEATS:
        often: int = 1 if value[:2] == (0, 1) else value[0]
        return _sample(value[2]) * often
    if code is codes.BRANCH:
        return _sample(value[1][0])
    if code is codes.SUBPATTERN:
        return _sample(value[3])
    if code is codes.ATOMIC_GROUP:
        return _sample(value)
    return ""


_CATEGORIES = {
    codes.CATEGORY_DIGIT: "1",
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_WORD: "a",
    codes.CATEGORY_NOT_DIGIT: "a",
    codes.CATEGORY_NOT_SPACE: "a",
    codes.CATEGORY_NOT_WORD: "-",
}


def _of_set(members: Any) -> str:
    (code, value), *_ = members
    if code is codes.NEGATE:
        refused = re.compile(_set_text(members[1:]), re.DOTALL)
        return next((one for one in "a1 -.@/<>=\n\t" if not refused.fullmatch(one)), "\u2603")
    if code is codes.RANGE:
        return chr(value[0])
    if code is codes.CATEGORY:
        return _CATEGORIES[value]
    return chr(value)


def _set_text(members: Any) -> str:
    names = {
        codes.CATEGORY_DIGIT: r"\d",
        codes.CATEGORY_SPACE: r"\s",
        codes.CATEGORY_WORD: r"\w",
        codes.CATEGORY_NOT_DIGIT: r"\D",
        codes.CATEGORY_NOT_SPACE: r"\S",
        codes.CATEGORY_NOT_WORD: r"\W",
    }
    parts = []
    for code, value in members:
        if code is codes.RANGE:
            parts.append(f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}")
        elif code is codes.CATEGORY:
            parts.append(names[value])
        else:
            parts.append(re.escape(chr(value)))
    return f"[{''.join(parts)}]"
