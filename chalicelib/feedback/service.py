"""What can be done with feedback: give it, read it, list it, and see what it says in sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from chalicelib.customers import service as customers
from chalicelib.customers.model import Stage
from chalicelib.feedback import admission, by_page, counts, dimensions, store
from chalicelib.feedback.model import Feedback, Kind, NewFeedback, Submission
from chalicelib.feedback.periods import Interval, periods
from chalicelib.feedback.statistics import DayStatistics, Statistics, measures
from chalicelib.kernel import counters, ids
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.work import Work
from chalicelib.timeline.model import Channel

RETRY_AFTER = 2
"""Seconds after which a response that was just given can be expected."""


def submit(work: Work, new: NewFeedback) -> Submission:
    """Send a response to the queue, and do nothing else; a worker stores it (feedback/intake.py).

    Its id follows from the caller and the Idempotency-Key, so that a repeat is the same response. Raises
    Conflict, Invalid when its survey is defined and takes no response now, or asks something else.
    """
    admission.check(new, work.now)
    submission = Submission(
        version=1, id=_id(work), submitted_at=work.now, submitted_by=work.principal.id, response=new
    )
    # in ASCII, since SQS refuses U+FFFE and U+FFFF, which JSON may hold
    work.send(settings().feedback_queue_url, submission.model_dump_json(ensure_ascii=True))
    return submission


def _id(work: Work) -> str:
    if work.idempotency_key is None:
        return ids.new_id("fbk", work.now)
    return ids.keyed_id("fbk", work.principal.id, work.idempotency_key)


def get(feedback_id: str) -> Feedback:
    """One response. Raises NotFound `feedback_not_found_yet` until the worker has stored it."""
    found = store.find(feedback_id)
    if found is None:
        raise NotFound(
            "There is no such feedback; if it was just given, ask again in a moment.",
            code="feedback_not_found_yet",
            retry_after=RETRY_AFTER,
        )
    return found


def newest(
    *, customer_id: str | None, survey: str | None, kind: Kind | None, limit: int, after: str | None
) -> tuple[list[Feedback], str | None]:
    """A page of responses, newest first, and where the next one begins.

    A customer's are those of who was merged into them, too.
    """
    group = customers.group_of(customer_id) if customer_id else []
    return store.newest(customer_ids=group, survey=survey, kind=kind, limit=limit, after=after)


def count_invited(
    work: Work, survey: str, *, channel: Channel, language: str | None, stage: Stage | None
) -> None:
    """Count an invitation among the figures of its survey, and of all, in the Work that sends it.

    Channel, language and stage are those that its response will be counted by.
    """
    values = dimensions.at_once(channel, language, stage)
    counts.count_invited(work, survey, counters.day_of(work.now), counters.pick_shard(), values)


AT_ONCE = 80
"""Responses that one transaction reduces at most."""


def export_of(customer_id: str) -> Iterator[dict[str, Any]]:
    """Every response of a customer, oldest first, and those that a page took and no worker yet."""
    for submission in by_page.of_customer(customer_id, limit=AT_ONCE):
        yield {"kind": "submission", **submission.model_dump(mode="json", exclude_none=True)}
    for feedback in store.every_of_customer(customer_id):
        told = feedback.model_dump(mode="json", exclude_none=True)
        yield {**told, "kind": "response", "question": feedback.kind}


def erase(work: Work, customer_id: str) -> dict[str, int]:
    """Reduce some of a customer's responses to what is counted; how many, none when there are none left."""
    if waiting := by_page.erase(work, customer_id):
        return {"submissions": waiting}
    found = store.of_customer(customer_id, limit=AT_ONCE)
    for feedback in found:
        store.reduce(work, feedback)
    return {"responses_reduced": len(found)} if found else {}


def whole(
    kind: Kind, since: datetime, until: datetime, *, limit: int, after: str | None
) -> tuple[list[Feedback], str | None]:
    """A page of responses of this time that still have a person or words, oldest first: two calls."""
    return store.whole(kind, since, until, limit=limit, after=after)


def reduce(work: Work, feedback: Feedback) -> None:
    """Leave what is counted of a response, and nothing of its words in its event."""
    store.forget_words(work, feedback)
    store.reduce(work, feedback)


def statistics(
    survey: str | None, first: date | None, last: date | None, interval: Interval = "day"
) -> Statistics:
    """What the responses of a survey, or of all, say in sum, from day to day inclusive: one call.

    Without `first` the last 30 days up to `last`, which is today unless given. Raises Invalid for a
    range that is empty or longer than 366 days.
    """
    first, last = counters.days(first, last)
    total: Counter[str] = Counter()
    days: dict[date, Counter[str]] = {}
    for day, numbers in counts.counted(survey, first, last):
        total.update(numbers)
        days.setdefault(day, Counter()).update(numbers)
    came = [(day, counted) for day, counted in days.items() if counted["responses"]]
    return Statistics(
        survey=survey,
        first=first,
        last=last,
        by_day=[DayStatistics(date=day, **measures(counted)) for day, counted in came],
        periods=periods(days, interval, first, last) if interval != "day" else [],
        **measures(total),
    )
