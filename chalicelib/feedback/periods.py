"""Days put together to weeks and months."""

import datetime
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from chalicelib.feedback.statistics import PeriodStatistics, measures

Interval = Literal["day", "week", "month"]


def period_of(day: datetime.date, interval: Interval) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of the day, of the week from Monday on (ISO 8601), or of the month."""
    if interval == "day":
        return day, day
    if interval == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + timedelta(days=6)
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return first, following - timedelta(days=1)


def periods(
    days: Mapping[datetime.date, Counter[str]],
    interval: Interval,
    first: datetime.date,
    last: datetime.date,
    *,
    topics: bool = False,
) -> list[PeriodStatistics]:
    """The periods in which something came, oldest first, none of them beyond the range.

    Who was invited counts on all their days; those of `topics` have no invitations.
    """
    found: dict[tuple[datetime.date, datetime.date], Counter[str]] = {}
    for day in sorted(days):
        found.setdefault(period_of(day, interval), Counter()).update(days[day])
    return [
        PeriodStatistics(first=max(begin, first), last=min(end, last), **measures(counted, topics=topics))
        for (begin, end), counted in found.items()
        if counted["responses"]
    ]
