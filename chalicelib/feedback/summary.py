"""What somebody thinks of us, in figures."""

from collections.abc import Sequence

from chalicelib.feedback import store
from chalicelib.feedback.model import SCALES, Feedback, Kind
from chalicelib.kernel.model import Stored, Utc
from chalicelib.kernel.table import Item, Key

MAX_COUNTED = 1000
AVERAGED = 20
"""Scores of a kind that its average is of, the newest ones."""


class FeedbackFigures(Stored):
    """How much they said, the last of it, and their average scores by kind; `more` than were counted."""

    count: int = 0
    more: bool = False
    last_id: str | None = None
    last_kind: Kind | None = None
    last_score: int | None = None
    last_at: Utc | None = None
    averages: dict[Kind, float] = {}


def summary_of(customer_ids: Sequence[str]) -> FeedbackFigures:
    """The responses of customers who are one person, the newest 1,000 at most: one call each."""
    responses, after = store.newest(
        customer_ids=customer_ids, survey=None, kind=None, limit=MAX_COUNTED, after=None
    )
    figures = FeedbackFigures(count=len(responses), more=after is not None, averages=_averages(responses))
    if not responses:
        return figures
    last = responses[0]
    update = {"last_id": last.id, "last_kind": last.kind, "last_score": last.score}
    return figures.model_copy(update={**update, "last_at": last.submitted_at})


def _averages(newest_first: list[Feedback]) -> dict[Kind, float]:
    """The mean of the last 20 scores of each kind, to two places."""
    averages: dict[Kind, float] = {}
    for kind in SCALES:
        scores = [one.score for one in newest_first if one.kind == kind and one.score is not None]
        if scores:
            averages[kind] = round(sum(scores[:AVERAGED]) / len(scores[:AVERAGED]), 2)
    return averages


def feedback_key(feedback_id: str) -> Key:
    """A response's key, for those who read several things in one call."""
    return store.feedback_key(feedback_id)


def of_item(item: Item | None) -> Feedback | None:
    """The response in an item, if there is one."""
    return Feedback.model_validate(item, strict=False) if item else None
