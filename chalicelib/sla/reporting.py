"""Reports: what was promised and what was kept, by policy, team, priority, channel or assignee."""

from __future__ import annotations

from collections import Counter
from datetime import date

from chalicelib.kernel import counters
from chalicelib.sla import statistics
from chalicelib.sla.statistics import NONE, Dimension, Figures, GroupFigures, Report, figures


def report(by: Dimension, first: date | None, last: date | None) -> Report:
    """The figures from day to day inclusive, of all and of each value: a call a megabyte of counters.

    Without `first` the last 30 days up to `last`, which is today unless given. Raises Invalid.
    """
    first, last = counters.days(first, last)
    groups: dict[str, Counter[str]] = {}
    for _, value, numbers in counters.counted(statistics.partition(by), first, last):
        groups.setdefault(value, Counter()).update(numbers)
    total = sum(groups.values(), Counter[str]())
    found = [
        GroupFigures.model_validate({"value": None if value == NONE else value, **figures(counted)})
        for value, counted in sorted(groups.items())
    ]
    return Report(first=first, last=last, by=by, total=Figures.model_validate(figures(total)), groups=found)
