"""Progress, a line a step, the same on a terminal, in a pipe and in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Failed(Exception):
    """A step cannot go on; the message is for the person at the terminal and says what to do."""


def say(line: str = "") -> None:
    print(line, flush=True)


def complain(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class Steps:
    """Numbered steps: `with steps("Starting the emulator") as notes: …; notes.append("port 4566")`."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0

    @contextmanager
    def __call__(self, title: str) -> Iterator[list[str]]:
        """Announce the step, and print its time and the notes that were added to the list."""
        self._done += 1
        label = f"[{self._done}/{self._total}]"
        say(f"{label} {title} …")
        notes: list[str] = []
        began = time.monotonic()
        yield notes
        detail = "".join(f", {note}" for note in notes)
        say(f"{' ' * len(label)} done in {time.monotonic() - began:.1f} s{detail}")
