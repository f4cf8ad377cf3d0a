"""No text keeps a regular expression of ours busy: each is linear, or sees short texts only."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import partial

from tests.injections.hostile import hostile
from tests.injections.patterns import Used, used

SIZE = 1_600
_QUADRATIC = re.compile("a*b")
READING = "chalicelib.mail.reading."
BOUNDED = {
    "chalicelib.customers.field_texts._AMOUNT": (100, "MAX_AMOUNT"),
    "chalicelib.customers.fields._MONEY": (1_600, "tries fifteen digits at each place, no more"),
    "chalicelib.transfer.reading.dialect._DATUM": (200, "MAX_LABEL"),
    f"{READING}headers._WORD": (8_192, "MAX_VALUE, and 2,000 at each place"),
    f"{READING}language._NOISE": (4_000, "MAX_EXAMINED"),
    f"{READING}phrases.AWAY_SUBJECT": (500, "a subject's length"),
    f"{READING}phrases.FAILED_SUBJECT": (500, "a subject's length"),
    f"{READING}phrases.FAILED_TEXT": (4_000, "classify._SAMPLE"),
    f"{READING}prose._COPY": (150, "a line's beginning"),
    f"{READING}prose._VALID": (320, "what _ADDRESS finds"),
    f"{READING}prose._NAMING": (80, "what stands before an address"),
    f"{READING}prose._NOT_NAMING": (80, "what stands before an address"),
    f"{READING}prose._ALONE_BEFORE": (80, "what stands before an address"),
    f"{READING}prose._ALONE_AFTER": (80, "what stands behind an address"),
}
"""Patterns that need more, how long their texts are at most, and what sees to that."""


def _seconds(work: Callable[[], object]) -> float:
    """CPU time."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def _worst(one: Used, size: int, enough: float) -> tuple[float, str]:
    """The text that takes longest, and how long; from short ones on, as long as those take no time."""
    worst = (0.0, "")
    for length in (20, 60, 200, size):
        for text in hostile(one.pattern, min(length, size)):
            took = _seconds(partial(one.apply, text))
            if took > max(worst[0], enough):  # the least of three: the machine has others to serve
                took = min(took, *(_seconds(partial(one.apply, text)) for _ in range(2)))
            worst = max(worst, (took, text))
        if worst[0] > enough:
            break
    return worst


def test_every_pattern_is_found() -> None:
    found = used()
    assert len(found) > 120
    assert any(name.startswith("chalicelib.mail.reading.prose._NAMING") for name in found)


def test_a_pattern_that_backtracks_is_told() -> None:
    limit = _seconds(lambda: _QUADRATIC.search("a" * SIZE))
    for text in ("(a+)+b", r"(\w|a)*!", r"x\s*\s*\s*y"):
        assert _worst(Used(re.compile(text), anywhere=True), SIZE, limit)[0] > limit
    for text in ("a*b", r"\s*;", "[a-z]+@[a-z]+"):
        assert _worst(Used(re.compile(text), anywhere=True), 2 * SIZE, limit)[0] > limit
        assert _worst(Used(re.compile(text), anywhere=False), 2 * SIZE, limit)[0] < limit / 4


def test_no_pattern_is_slow_on_what_anybody_may_send() -> None:
    limit = _seconds(lambda: _QUADRATIC.search("a" * SIZE))
    slow = {}
    for name, one in used().items():
        size, _ = BOUNDED.get(name, (SIZE, ""))
        allowed = limit if name not in BOUNDED else 60 * limit
        took, text = _worst(one, size, allowed)
        if took > allowed:
            slow[name] = (round(took / limit, 1), text[:60])
    assert slow == {}
