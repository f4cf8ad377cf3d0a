"""How fast loops are closed, and how many: counted in the transaction of each move, summed when asked.

A follow-up counts on the day on which its customer spoke, however late it is opened and closed; so the shares
of a period are those of what was said in it. What is opened again is taken back from the counters.
"""

import datetime
from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from chalicelib.feedback.statistics import ratio
from chalicelib.followups.model import CLOSED, FollowUp
from chalicelib.kernel import counters
from chalicelib.kernel.model import Model
from chalicelib.kernel.work import Work
from chalicelib.sla.statistics import bucket, percentile

PARTITION = "FUP#BY#survey"
_MILLISECOND = datetime.timedelta(milliseconds=1)

Percent = Annotated[float | None, Field(description="In %, to one decimal; null without any.")]


def count(work: Work, before: FollowUp | None, after: FollowUp) -> None:
    """Add what a step of a follow-up changes in the figures of its survey's day."""
    was = _standing(before) if before else Counter[str]()
    now = _standing(after)
    changed = {name: now[name] - was[name] for name in {*was, *now} if now[name] != was[name]}
    if changed:
        day = counters.day_of(after.since)
        counters.count(work, PARTITION, day, counters.pick_shard(), changed, part=after.survey)


def _standing(one: FollowUp) -> Counter[str]:
    """What a follow-up counts for as it is."""
    found = Counter({"opened": 1, "overdue": int(one.overdue_at is not None)})
    if one.state in CLOSED:
        found.update(["closed", f"b{bucket(one.loop // _MILLISECOND)}"])
    if one.state == "customer_told":
        found.update(["told"])
    return found


class LoopFigures(Model):
    """Of follow-ups. `loop_hours`: from what was said until it was resolved, within 5 %; null without any."""

    opened: int
    closed: int
    told: int
    overdue: Annotated[int, Field(description="Not resolved when they were due.")]
    share_closed: Percent
    share_told: Percent
    median_loop_hours: float | None
    p90_loop_hours: Annotated[float | None, Field(description="Nine of ten took no longer.")]


class SurveyFigures(LoopFigures):
    survey: str


class LoopReport(LoopFigures):
    """What was said from day to day inclusive, and how much of it was answered; of each survey, too."""

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    first: Annotated[datetime.date, Field(alias="from")]
    last: Annotated[datetime.date, Field(alias="to")]
    by_survey: list[SurveyFigures]


def report(survey: str | None, first: datetime.date | None, last: datetime.date | None) -> LoopReport:
    """The figures of all surveys, or of one: a call a megabyte of counters. Raises Invalid.

    Without `first` the last 30 days up to `last`, which is today unless given.
    """
    first, last = counters.days(first, last)
    groups: dict[str, Counter[str]] = {}
    for _, part, numbers in counters.counted(PARTITION, first, last):
        if survey in (None, part):
            groups.setdefault(part, Counter()).update(numbers)
    total: Counter[str] = Counter()
    for one in groups.values():
        total.update(one)
    each = [SurveyFigures(survey=name, **_figures(found)) for name, found in sorted(groups.items())]
    return LoopReport(first=first, last=last, by_survey=each, **_figures(total))


def _figures(found: Mapping[str, int]) -> dict[str, Any]:
    opened, closed, told = (found.get(name, 0) for name in ("opened", "closed", "told"))
    buckets = {int(name[1:]): number for name, number in found.items() if name[1:].isdecimal() and number > 0}
    return {
        "opened": opened,
        "closed": closed,
        "told": told,
        "overdue": found.get("overdue", 0),
        "share_closed": ratio(100 * closed, opened, 1),
        "share_told": ratio(100 * told, opened, 1),
        "median_loop_hours": _hours(percentile(buckets, 50)),
        "p90_loop_hours": _hours(percentile(buckets, 90)),
    }


def _hours(minutes: float | None) -> float | None:
    return None if minutes is None else round(minutes / 60, 2)
