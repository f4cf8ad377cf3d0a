"""Statistics apart by channel, language, stage, tag or theme, with how they changed."""

import datetime
from collections import Counter
from datetime import timedelta
from typing import Annotated

from pydantic import ConfigDict, Field

from chalicelib.feedback import counts, dimensions
from chalicelib.feedback.dimensions import TOPICS, Dimension
from chalicelib.feedback.periods import Interval, periods
from chalicelib.feedback.statistics import Measures, Percentage, PeriodStatistics, measures, ratio
from chalicelib.kernel import counters
from chalicelib.kernel.model import Model

MAX_GROUPS = 100
"""Values that are told, those with the most responses."""


class Group(Measures):
    """The responses of one value, and how many were invited by it.

    `before` are the responses of as many days just before, where those are read.
    """

    value: str
    before: Annotated[int | None, Field(description="Null when both ranges are longer than 366 days.")]
    change: Annotated[Percentage, Field(description="How many more came than before, in %.")]
    periods: list[PeriodStatistics] = []


class Breakdown(Model):
    """Of one survey, or of all: the values with the most responses first; `more` than are told."""

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    survey: str | None
    dimension: Dimension
    first: Annotated[datetime.date, Field(alias="from")]
    last: Annotated[datetime.date, Field(alias="to")]
    groups: list[Group]
    more: bool


Days = dict[datetime.date, Counter[str]]


def breakdown(
    dimension: Dimension,
    survey: str | None,
    first: datetime.date | None,
    last: datetime.date | None,
    *,
    value: str | None = None,
    interval: Interval | None = None,
) -> Breakdown:
    """What the responses say apart by a dimension, all its values or one, in one call.

    Raises Invalid for a range that is empty or longer than 366 days.
    """
    first, last = counters.days(first, last)
    length = (last - first).days + 1
    compared = 2 * length <= counters.MAX_DAYS
    found, earlier = _read(dimension, survey, first, last, first - timedelta(days=length if compared else 0))
    if value is not None:
        found = {value: found[value]} if value in found else {}
    totals = {name: total for name, days in found.items() if any((total := _sum(days)).values())}
    topics = dimension in TOPICS
    ranked = sorted(totals, key=lambda name: (-totals[name]["responses"], name))
    groups = [
        Group(
            value=name,
            before=earlier[name] if compared else None,
            change=_change(totals[name]["responses"], earlier[name]) if compared else None,
            periods=periods(found[name], interval, first, last, topics=topics) if interval else [],
            **measures(totals[name], topics=topics),
        )
        for name in ranked[:MAX_GROUPS]
    ]
    return Breakdown(
        survey=survey,
        dimension=dimension,
        first=first,
        last=last,
        groups=groups,
        more=len(ranked) > MAX_GROUPS,
    )


def _read(
    dimension: Dimension, survey: str | None, first: datetime.date, last: datetime.date, since: datetime.date
) -> tuple[dict[str, Days], Counter[str]]:
    """The counters of each value by day, and how many responses it had from `since` until the day before."""
    found: dict[str, Days] = {}
    earlier: Counter[str] = Counter()
    for day, numbers in counts.counted(survey, since, last, dimension):
        for name, counted in dimensions.read(numbers).items():
            if day < first:
                earlier[name] += counted["responses"]
            else:
                found.setdefault(name, {}).setdefault(day, Counter()).update(counted)
    return found, earlier


def _sum(days: Days) -> Counter[str]:
    """Of all days together; all zero where everything was taken out again, as of what is understood anew.

    What one shard or day lacks another may have.
    """
    total: Counter[str] = Counter()
    for counted in days.values():
        total.update(counted)
    return total


def _change(now: int, before: int) -> float | None:
    return ratio(100 * (now - before), before, 1)
