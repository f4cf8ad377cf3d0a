"""Workers that die in the middle of an import."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from chalicelib.kernel import commit as committing


def dies(*_: Any) -> Any:
    """In place of a function: the worker dies when it gets there."""
    raise RuntimeError("the worker dies")


@contextmanager
def dying_after_write(number: int) -> Iterator[None]:
    """The worker dies when this many writes are through, and never hears of the last."""
    write, numbers = committing._write, itertools.count(1)

    def breaks(*arguments: Any) -> Any:
        this = next(numbers)
        outcome = write(*arguments)
        return dies() if this == number else outcome

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(committing, "_write", breaks)
        yield
