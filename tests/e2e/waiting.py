"""Waits for what happens a moment later."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PAUSE_SECONDS = 0.2


def eventually(found: Callable[[], T], *, within: float = 60) -> T:
    """Call until the result is true and no assertion fails; the last failure when `within` seconds passed."""
    deadline = time.monotonic() + within
    while True:
        try:
            result = found()
            assert result, f"still {result!r}"
        except AssertionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(PAUSE_SECONDS)
        else:
            return result
