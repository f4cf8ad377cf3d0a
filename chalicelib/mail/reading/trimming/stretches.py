"""Parts a text into stretches of lines of one kind, from top to bottom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chalicelib.mail.reading.trimming.attributions import attributions, closes_bracket
from chalicelib.mail.reading.trimming.blocks import Kind
from chalicelib.mail.reading.trimming.headers import header_at, says_reply_above
from chalicelib.mail.reading.trimming.lines import Line
from chalicelib.mail.reading.trimming.signatures import begins_signature, is_device, is_notice

_FENCE = "```"
_WIDE = 60
"""Characters from which on a quoted line may have been broken by a program that does not mark the rest."""


class Stretch(NamedTuple):
    """Lines of one kind; `end` is exclusive. A header may be that of a forwarded mail."""

    kind: Kind
    start: int
    end: int
    forwarded: bool = False


def stretches(lines: Sequence[Line]) -> list[Stretch]:
    """All lines, each in one stretch."""
    found: list[Stretch] = []
    for stretch in _signed(_Reader(lines).read()):
        last = found[-1] if found else None
        if last and last.kind is stretch.kind and last.forwarded is stretch.forwarded:
            found[-1] = last._replace(end=stretch.end)
        else:
            found.append(stretch)
    return found


def _signed(read: Iterator[Stretch]) -> Iterator[Stretch]:
    """What stands under a signature's mark belongs to it, until other mails begin."""
    signed = False
    for stretch in read:
        if stretch.kind in (Kind.ATTRIBUTION, Kind.HEADER, Kind.QUOTE):
            signed = False
        signed = signed or stretch.kind is Kind.SIGNATURE
        yield stretch._replace(kind=Kind.SIGNATURE) if signed else stretch


class _Reader:
    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._attributions = attributions(lines)
        self._fenced = _fenced(lines)

    def read(self) -> Iterator[Stretch]:
        at = 0
        while at < len(self._lines):
            stretch = self._at(at)
            yield stretch
            at = stretch.end

    def _at(self, at: int) -> Stretch:
        line = self._lines[at]
        if at in self._fenced:
            return Stretch(Kind.TEXT, at, self._fenced[at])
        if line.is_blank:
            return Stretch(Kind.BLANK, at, at + 1)
        if at in self._attributions:
            return Stretch(Kind.ATTRIBUTION, at, self._attributions[at])
        if self._is_quotation(at):
            return Stretch(Kind.QUOTE, at, at + 1)
        if header := header_at(self._lines, at):
            return Stretch(Kind.HEADER, at, header.end, header.forwarded)
        if says_reply_above(line):
            return Stretch(Kind.HEADER, at, at + 1)
        return self._written(at)

    def _written(self, at: int) -> Stretch:
        line = self._lines[at]
        if begins_signature(self._lines, at):
            return Stretch(Kind.SIGNATURE, at, at + 1)
        if line.is_rule:
            return Stretch(Kind.RULE, at, at + 1)
        if is_device(line):
            return Stretch(Kind.FOOTER, at, at + 1)
        if is_notice(line):
            return Stretch(Kind.FOOTER, at, _paragraph_end(self._lines, at))
        return Stretch(Kind.TEXT, at, at + 1)

    def _is_quotation(self, at: int) -> bool:
        """Marked as quoted, or the rest of a marked line that was too long for some program."""
        if self._lines[at].is_quoted:
            return not closes_bracket(self._lines, at)
        if not 0 < at < len(self._lines) - 1 or not self._lines[at + 1].is_quoted:
            return False
        above = self._lines[at - 1]
        is_full = (
            above.is_quoted and len(above.text) >= _WIDE and not above.text.endswith((".", "?", "!", ":"))
        )
        return is_full and len(self._lines[at].text) < len(above.text)


def _paragraph_end(lines: Sequence[Line], at: int) -> int:
    return next((place for place in range(at, len(lines)) if lines[place].is_blank), len(lines))


def _fenced(lines: Sequence[Line]) -> dict[int, int]:
    """Where code stands between fences, as in Markdown; a fence that nothing closes is none."""
    marks = [at for at, line in enumerate(lines) if line.text.startswith(_FENCE)]
    return {start: end + 1 for start, end in zip(marks[::2], marks[1::2], strict=False)}
