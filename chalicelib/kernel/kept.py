"""What a process keeps of the table for some seconds, so that it is used without a call while it is fresh."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")
FRESH = 30.0
"""Seconds until a process reads it again, and so for how long others may go by what was before."""

_all: list[Kept[object]] = []


class Kept(Generic[Value]):
    """Something small that seldom changes; `read` gets it in a call or two. `fresh` is in seconds."""

    def __init__(self, read: Callable[[], Value], *, fresh: float = FRESH) -> None:
        self._read, self._fresh = read, fresh
        self._found: tuple[float, Value] | None = None
        _all.append(self)  # type: ignore[arg-type]  # only to be forgotten

    def current(self) -> Value:
        """As it was when it was last fresh: no call while it is."""
        if self._found is None or time.monotonic() - self._found[0] >= self._fresh:
            self._found = (time.monotonic(), self._read())
        return self._found[1]

    def forget(self) -> None:
        """Read it anew the next time."""
        self._found = None


def forget() -> None:
    """Drop all that this process keeps; for tests, which change the table under us."""
    for kept in _all:
        kept.forget()
