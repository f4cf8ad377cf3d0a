"""The counters of feedback: of each survey's days, whole and by channel, language, stage and topic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from chalicelib.feedback import dimensions
from chalicelib.feedback.dimensions import Dimension
from chalicelib.feedback.model import Feedback
from chalicelib.kernel import counters
from chalicelib.kernel.work import Work

ALL = "*"
"""Stands for all surveys together; no survey can have that name."""


def partition(survey: str | None, dimension: Dimension | None = None) -> str:
    """The partition of a survey's counters, or of all surveys', with `dimension` of those apart by it."""
    whole = f"STAT#{survey or ALL}"
    return f"{whole}#{dimension}" if dimension else whole


def count(work: Work, feedback: Feedback, shard: int, *, sign: int = 1) -> None:
    """Add a response to the counters of its day, with a `sign` of −1 take it from them."""
    day = counters.day_of(feedback.submitted_at)
    numbers = _times(dimensions.added(feedback), sign)
    _count(work, feedback.survey, day, shard, numbers, dimensions.at_once_of(feedback))


def count_invited(work: Work, survey: str, day: date, shard: int, values: Mapping[Dimension, str]) -> None:
    """Add an invitation to the counters of a survey's day, and of all, and to those of its values."""
    _count(work, survey, day, shard, {"invited": 1}, values)


def _count(
    work: Work,
    survey: str,
    day: date,
    shard: int,
    numbers: dict[str, int],
    values: Mapping[Dimension, str],
) -> None:
    apart = {dimension: dimensions.written(numbers, [value]) for dimension, value in values.items()}
    for one in (survey, ALL):
        counters.count(work, partition(one), day, shard, numbers)
        for dimension, written in apart.items():
            counters.count(work, partition(one, dimension), day, shard, written)


def count_difference(work: Work, before: Feedback, after: Feedback, shard: int) -> None:
    """Correct the counters of a response that is understood otherwise now."""
    if dimensions.counted_as(before) != dimensions.counted_as(after):
        count(work, before, shard, sign=-1)
        count(work, after, shard)


def count_topics(work: Work, feedback: Feedback, *, sign: int = 1) -> None:
    """Add a response to the counters of its tags and themes, or take it from them."""
    day = counters.day_of(feedback.submitted_at)
    numbers = _times(dimensions.added(feedback), sign)
    numbers.pop("answered", None)  # whom we asked is known by no topic, so no share of them is either
    for dimension, values in dimensions.topics_of(feedback).items():
        for shard in range(dimensions.TOPIC_SHARDS):
            here = [value for value in values if dimensions.shard_of(value) == shard]
            added = dimensions.written(numbers, here)
            for survey in (feedback.survey, ALL) if added else ():
                counters.count(work, partition(survey, dimension), day, shard, added)


def _times(numbers: dict[str, int], sign: int) -> dict[str, int]:
    return numbers if sign == 1 else {name: sign * amount for name, amount in numbers.items()}


def counted(
    survey: str | None, first: date, last: date, dimension: Dimension | None = None
) -> Iterator[tuple[date, dict[str, int]]]:
    """The counters of the days from `first` to `last`, some days in several pieces: one call for a year."""
    for day, _, numbers in counters.counted(partition(survey, dimension), first, last):
        yield day, numbers
