"""What a correspondent wrote now, apart from what they quote, forward or sign with.

Lines are parted by kind first (`stretches`); here it is decided which of them are seen. Nothing is lost, and
when nothing would be left, all is visible. Why it decides as it does: docs/adr/0026.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from chalicelib.mail.reading.trimming.blocks import Block, Kind, Trimmed
from chalicelib.mail.reading.trimming.lines import Line
from chalicelib.mail.reading.trimming.stretches import Stretch, stretches

MAX_LINES = 5_000
"""Lines that are looked at; those beyond share the fate of the last of these."""
_BELOW = (Kind.BLANK, Kind.RULE, Kind.FOOTER, Kind.SIGNATURE, Kind.QUOTE)
"""What is not seen when nothing is written below it."""


def trim(text: str) -> Trimmed:
    """Part a text, with line feeds, into what is seen and what is folded away; in linear time."""
    raw = text.split("\n")
    parts = stretches([Line(line) for line in raw[:MAX_LINES]])
    parts[-1] = parts[-1]._replace(end=len(raw))
    decided = zip(parts, _seen(parts), strict=True)
    blocks = []
    for (kind, visible), group in groupby(decided, lambda pair: (pair[0].kind, pair[1])):
        together = [part for part, _ in group]
        blocks.append(Block(kind, visible, "\n".join(raw[together[0].start : together[-1].end])))
    return Trimmed(tuple(blocks))


def _seen(parts: Sequence[Stretch]) -> list[bool]:
    """For each stretch whether it is visible."""
    seen = _without_other_mails(parts)
    written = [at for at, part in enumerate(parts) if seen[at] and part.kind is Kind.TEXT]
    if not written:
        return [True] * len(parts)
    is_forwarded = any(part.forwarded for part in parts[: written[0]])
    hidden = (Kind.BLANK,) if is_forwarded else _BELOW
    for at in range(written[-1] + 1, len(parts)):
        seen[at] = seen[at] and parts[at].kind not in hidden
    first = next(at for at, part in enumerate(parts) if seen[at] and part.kind is not Kind.BLANK)
    return [False] * first + seen[first:]


def _without_other_mails(parts: Sequence[Stretch]) -> list[bool]:
    """Hides signatures, attributions and headers; and what is quoted under these, unless answered there.

    A mail with nothing written above it is seen, without its header: it was forwarded, or its marks of
    quotation were lost. One that is marked, and answered below in one piece, is hidden.
    """
    seen = [part.kind not in (Kind.SIGNATURE, Kind.ATTRIBUTION, Kind.HEADER) for part in parts]
    turns = _turns(parts)
    written = answered_below = False
    for at, part in enumerate(parts):
        after = turns[at + 1]
        match part.kind:
            case Kind.TEXT:
                written = True
            case Kind.QUOTE if answered_below and not written:
                seen[at] = False
            case Kind.HEADER if part.forwarded and not written:
                return seen[: at + 1] + [True] * (len(parts) - at - 1)
            case Kind.ATTRIBUTION if not written:
                answered_below = after in {"qt", "qtq"}
            case Kind.HEADER | Kind.ATTRIBUTION if written and not after.startswith("qt"):
                return seen[:at] + [False] * (len(parts) - at)
    return seen


def _turns(parts: Sequence[Stretch]) -> list[str]:
    """For each place who speaks from there on: q for a quotation, t for the writer; the first four turns.

    It ends with a mail that is not marked as quoted: nobody tells who writes below its header.
    """
    turns = [""] * (len(parts) + 1)
    for at in range(len(parts) - 1, -1, -1):
        after = turns[at + 1]
        match parts[at].kind:
            case Kind.TEXT | Kind.QUOTE as kind:
                speaker = "t" if kind is Kind.TEXT else "q"
                turns[at] = after if after.startswith(speaker) else (speaker + after)[:4]
            case Kind.HEADER:
                turns[at] = ""
            case Kind.ATTRIBUTION:
                turns[at] = after if after.startswith("q") else ""
            case _:
                turns[at] = after
    return turns
