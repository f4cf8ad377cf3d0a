"""What the clocks add to the counters of a day, and the medians and percentiles that their sums give.

Durations are counted in buckets, each a tenth wider than the one before, so that a year of tickets is
summed in one go. A percentile (nearest rank) is told as the middle of its bucket: within 5 % of the exact
one, or half a minute where it is under a minute.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from math import exp, floor, log
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from chalicelib.kernel.model import Model
from chalicelib.sla.clock import DONE, Clock, StoredSla
from chalicelib.sla.model import TARGETS, Target

Dimension = Literal["policy", "team", "priority", "channel", "assignee"]
DIMENSIONS: tuple[Dimension, ...] = ("policy", "team", "priority", "channel", "assignee")
WIDTH = log(1.1)
MINUTE_MS = 60_000
LAST_BUCKET = 200
"""Beyond 300 years."""

_SHORT: dict[Target, str] = {"first_response": "f", "next_response": "n", "resolution": "r"}
"""Counters are many, so their names are short: `f-met`, `f-b12` (business time), `f-c12` (calendar time)."""

NONE = "-"
"""Stands for a ticket that has no team or no assignee."""


def partition(dimension: Dimension) -> str:
    """Where the counters of its values are, a day at a time."""
    return f"SLA#BY#{dimension}"


def bucket(milliseconds: int) -> int:
    """0 for less than a minute, else the number of the bucket: from 1.1^(n-1) minutes up to 1.1^n."""
    minutes = milliseconds / MINUTE_MS
    return 0 if minutes < 1 else min(1 + floor(log(minutes) / WIDTH), LAST_BUCKET)


def middle(number: int) -> float:
    """The minutes that stand for a bucket: the geometric middle of its bounds."""
    return 0.5 if number == 0 else exp((number - 0.5) * WIDTH)


def percentile(buckets: Mapping[int, int], percent: int) -> float | None:
    """The nearest-rank percentile, in minutes to one decimal; None for nothing."""
    rank = -(-sum(buckets.values()) * percent // 100)
    for number in sorted(buckets):
        rank -= buckets[number]
        if rank <= 0:
            return round(middle(number), 1)
    return None


def additions(before: StoredSla | None, after: StoredSla, status_before: str, status: str) -> dict[str, int]:
    """What a step of a ticket adds to the counters."""
    known = before.clocks() if before else {}
    found: Counter[str] = Counter()
    for name, clock in after.clocks().items():
        old = known.get(name)
        found.update(
            _of_clock(_SHORT[name], old if old and old.started_at == clock.started_at else None, clock)
        )
    if status in DONE and status_before not in DONE:
        found["solved"] += 1
        found["first-contact"] += after.answers <= 1 and not after.reopened
    found["reopened"] += status_before in DONE and status not in DONE
    return {name: number for name, number in found.items() if number}


def _of_clock(short: str, old: Clock | None, clock: Clock) -> Iterator[str]:
    """The names of the counters that go up by one."""
    if clock.breached and not (old and old.breached):
        yield f"{short}-breached"
    if clock.met_at is None or (old and old.met_at == clock.met_at):
        return
    if not clock.breached:
        yield f"{short}-met"
    passed = (clock.met_at - clock.started_at) // datetime.timedelta(milliseconds=1)
    yield f"{short}-b{bucket(clock.used_ms)}"
    yield f"{short}-c{bucket(max(0, passed))}"


class Duration(Model):
    """In minutes, within 5 %; null without any."""

    median: float | None
    p90: Annotated[float | None, Field(description="Nine of ten took no longer.")]


class TargetReport(Model):
    """`count` is what was done in time, or was due and not done: `met` and `breached`.

    `done` is how many durations the medians come from: what was done at last, in time or not.
    """

    count: int
    met: int
    breached: int
    done: int
    business_minutes: Duration
    calendar_minutes: Duration


class Figures(Model):
    """Of tickets under a policy. `first_contact`: solved with one answer at most, and for the first time."""

    solved: int
    first_contact: int
    reopened: int
    first_response: TargetReport
    next_response: TargetReport
    resolution: TargetReport


class GroupFigures(Figures):
    """Of one policy, team, priority, channel or assignee; null: of the tickets that have none."""

    value: str | None


class Report(Model):
    """What was promised and what was kept, from day to day inclusive."""

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    first: Annotated[datetime.date, Field(alias="from")]
    last: Annotated[datetime.date, Field(alias="to")]
    by: Dimension
    total: Figures
    groups: list[GroupFigures]


def figures(counters: Mapping[str, int]) -> dict[str, int | TargetReport]:
    """The fields of Figures, from summed counters."""
    found: dict[str, int | TargetReport] = {
        "solved": counters.get("solved", 0),
        "first_contact": counters.get("first-contact", 0),
        "reopened": counters.get("reopened", 0),
    }
    return found | {name: _target(_SHORT[name], counters) for name in TARGETS}


def _target(short: str, counters: Mapping[str, int]) -> TargetReport:
    met, breached = counters.get(f"{short}-met", 0), counters.get(f"{short}-breached", 0)
    business, calendar = (_buckets(f"{short}-{kind}", counters) for kind in "bc")
    return TargetReport(
        count=met + breached,
        met=met,
        breached=breached,
        done=sum(business.values()),
        business_minutes=_duration(business),
        calendar_minutes=_duration(calendar),
    )


def _buckets(prefix: str, counters: Mapping[str, int]) -> dict[int, int]:
    return {
        int(name.removeprefix(prefix)): number
        for name, number in counters.items()
        if name.removeprefix(prefix).isdecimal() and name.startswith(prefix)
    }


def _duration(buckets: Mapping[int, int]) -> Duration:
    return Duration(median=percentile(buckets, 50), p90=percentile(buckets, 90))
