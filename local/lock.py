"""One cloud a folder: a lock that its process holds, and the kernel drops when the process dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Held(Exception):
    """Another process holds the lock; `pid` is its number."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"held by process {pid}")
        self.pid = pid


@contextmanager
def holding(file: Path) -> Iterator[None]:
    """Hold the lock, our process number in the file. Raises Held when another process does."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", encoding="ascii") as door:
        try:
            fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Held(_pid_in(file)) from None
        door.truncate(0)
        door.write(str(os.getpid()))
        door.flush()
        yield


def holder(file: Path) -> int | None:
    """The process that holds the lock, or None."""
    try:
        with file.open("r+", encoding="ascii") as door:
            fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return _pid_in(file)
    return None


def _pid_in(file: Path) -> int:
    text = file.read_text(encoding="ascii").strip()
    return int(text) if text.isdigit() else 0
