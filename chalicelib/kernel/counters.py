"""Counters by day: added to in the transaction of what they count, summed when somebody asks.

Each set of counters has a partition, a day and, if it is one of several that are read together, a part. It
is spread over shards (`counter_shards`), so that those who count at the same time seldom meet on one item.
Readers sum whatever shards there are, so their number may change at any time.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from chalicelib.kernel import ids, pages
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.pages import HIGHEST, Query
from chalicelib.kernel.table import Key
from chalicelib.kernel.work import Work

USUAL_DAYS = 30
MAX_DAYS = 366
"""Days that are summed when nothing else is asked, and at most."""


def day_of(at: datetime) -> date:
    """The day of a moment where the business is."""
    return at.astimezone(settings().zone).date()


def days(first: date | None, last: date | None) -> tuple[date, date]:
    """The days that are asked for, inclusive: 30 without `first`, up to today without `last`.

    Raises Invalid for a range that is empty or longer than 366 days.
    """
    last = last or day_of(ids.now())
    first = first or last - timedelta(days=USUAL_DAYS - 1)
    if not 0 <= (last - first).days < MAX_DAYS:
        reason = f"must be a day from {first} on, {MAX_DAYS} days in all at most"
        raise Invalid.in_query("to", reason, "invalid_range")
    return first, last


def pick_shard() -> int:
    """Which shard the additions of one request or batch go to."""
    return random.randrange(settings().counter_shards)  # noqa: S311 - spreads load, hides nothing


def count(
    work: Work, partition: str, day: date, shard: int, additions: Mapping[str, int], *, part: str = ""
) -> None:
    """Add to the counters of a day."""
    inner = f"{part}#" if part else ""
    work.count(Key(partition, f"DAY#{day.isoformat()}#{inner}{shard}"), additions)


def counted(partition: str, first: date, last: date) -> Iterator[tuple[date, str, dict[str, int]]]:
    """Day, part and counters, from `first` to `last`, some in several pieces: a call a megabyte."""
    days = Query(
        partition,
        low=f"DAY#{first.isoformat()}#",
        high=f"DAY#{last.isoformat()}#{HIGHEST}",
        ascending=True,
    )
    for item in pages.every(days):
        _, day, *part, _ = item["sk"].split("#")
        numbers = {name: value for name, value in item.items() if isinstance(value, int)}
        yield date.fromisoformat(day), "#".join(part), numbers
