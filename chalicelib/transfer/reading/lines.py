"""The physical lines of a file that is read by blocks, each with the byte after which the next one begins."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable
from typing import NamedTuple

MAX_ROW = 1_000_000
"""Bytes of one row; what is longer is skipped without being kept."""
BLOCK = 1 << 20
"""Bytes of one read; even, so that UTF-16 is not cut within a unit."""

Read = Callable[[int, int], bytes]
"""Gives at most so many bytes from an offset on; fewer than asked only at the end of the file."""

_LINE = re.compile("[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\\Z")


class Line(NamedTuple):
    """One line with its line end. `damaged` when its bytes are not of the file's encoding."""

    text: str
    end: int
    damaged: bool = False
    too_long: bool = False


class Lines:
    """An iterator of lines, from a byte offset on. Keeps a block and one row at most."""

    def __init__(self, read: Read, offset: int, encoding: str) -> None:
        self._read = read
        self._next = offset
        self._end = offset
        self._encoding = encoding
        self._unit = 2 if encoding.startswith("utf-16") else 1
        self._rest = b""
        self._dropped = 0
        self._pieces: deque[tuple[bytes, int]] = deque()
        self._returned: deque[Line] = deque()
        self._at_end = False

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> Line:
        if self._returned:
            return self._returned.popleft()
        while not self._pieces:
            if self._at_end:
                raise StopIteration
            self._fill()
        return self._line(*self._pieces.popleft())

    def give_back(self, lines: Iterable[Line]) -> None:
        """Let these lines come again, before all others."""
        self._returned.extendleft(reversed(list(lines)))

    def _fill(self) -> None:
        block = self._read(self._next, BLOCK)
        self._next += len(block)
        self._at_end = len(block) < BLOCK
        pieces = [(piece, 0) for piece in self._split(self._rest + block)]
        if pieces:  # the first one began with what was dropped
            pieces[0] = (pieces[0][0], self._dropped)
        self._rest, self._dropped = b"", 0
        if pieces and not self._at_end and not self._ends(pieces[-1][0], "\n"):
            # the last piece goes on in the next block, or its \r may be half of \r\n
            self._rest, self._dropped = pieces.pop()
        self._pieces.extend(pieces)
        if len(self._rest) > MAX_ROW:
            self._dropped += len(self._rest) - self._unit
            self._rest = self._rest[-self._unit :]

    def _ends(self, piece: bytes, end: str) -> bool:
        return piece.endswith(end.encode(self._encoding))

    def _split(self, block: bytes) -> list[bytes]:
        if self._unit == 1:
            return block.splitlines(keepends=True)
        whole = len(block) // 2 * 2
        text = block[:whole].decode(self._encoding, "surrogatepass")
        pieces = [line.encode(self._encoding, "surrogatepass") for line in _LINE.findall(text)]
        if whole < len(block):  # half a unit, at the end of the file
            goes_on = bool(pieces) and not self._ends(pieces[-1], "\n") and not self._ends(pieces[-1], "\r")
            pieces.append((pieces.pop() if goes_on else b"") + block[whole:])
        return pieces

    def _line(self, piece: bytes, dropped: int) -> Line:
        self._end += len(piece) + dropped
        if dropped or len(piece) > MAX_ROW:
            return Line("", self._end, too_long=True)
        try:
            return Line(piece.decode(self._encoding), self._end)
        except UnicodeDecodeError:
            text = piece.decode(self._encoding, "replace")
            return Line(" ".join(text.split()) + "\n", self._end, damaged=True)
