"""The ledger: of what was sent, what arrived, was lost, came twice, is stuck. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from bench.report import Line


@dataclass(frozen=True)
class Entry:
    """One kind of thing. `in_doubt` came twice where the design says that it may, and marks it so."""

    what: str
    sent: int
    arrived: int
    lost: int
    doubled: int
    stuck: int = 0
    in_doubt: int = 0

    @property
    def balanced(self) -> bool:
        return not (self.lost or self.doubled or self.stuck)

    def line(self) -> Line:
        """For the table: nothing lost, nothing doubled, nothing that needs a human."""
        figure = (
            f"sent {self.sent}, arrived {self.arrived}, "
            f"lost {self.lost}, doubled {self.doubled}, stuck {self.stuck}"
        )
        doubt = f" ({self.in_doubt} twice, marked as uncertain)" if self.in_doubt else ""
        return Line(self.what, "0, 0, 0", figure + doubt, self.balanced)


def named(
    what: str,
    sent: Collection[str],
    arrived: Iterable[str],
    *,
    stuck: int = 0,
    uncertain: Collection[str] = (),
) -> Entry:
    """An entry of things with names: each of `sent` should have arrived once, and nothing else.

    What is stuck is not lost, as long as it is known to be there. A thing whose name is among `uncertain`
    may have come twice.
    """
    wanted, seen = set(sent), Counter(arrived)
    extra = {name: count - (name in wanted) for name, count in seen.items() if count > (name in wanted)}
    doubt = sum(count for name, count in extra.items() if name in uncertain)
    missing = len(wanted - seen.keys())
    return Entry(
        what,
        len(wanted),
        len(wanted & seen.keys()),
        max(0, missing - stuck),
        sum(extra.values()) - doubt,
        stuck,
        doubt,
    )


def counted(what: str, sent: int, counter: int) -> Entry:
    """An entry of which only a number is known, as of a counter."""
    return Entry(what, sent, min(sent, counter), max(0, sent - counter), max(0, counter - sent))
