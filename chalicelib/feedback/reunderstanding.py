"""Reads the words of responses anew, as of a release whose engine is better, and corrects what is counted."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.feedback import counts, engines, store
from chalicelib.feedback.model import Feedback
from chalicelib.feedback.store import Kept
from chalicelib.feedback.understanding.model import Understanding
from chalicelib.kernel import counters
from chalicelib.kernel.commit import commit_all
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.work import Work


def read_anew(feedback_ids: Sequence[str]) -> tuple[int, list[str]]:
    """Read some responses anew, 100 at most; how many changed, and which were overtaken by another change.

    One reading, a call for 25 texts of a language with Comprehend, and as many transactions as the changes
    need, none when nothing changed. One whose words are gone keeps what was made of them.
    """
    found = [kept for kept in store.kept(feedback_ids).values() if not kept.feedback.reduced]
    understood = engines.understand_all([kept.feedback for kept in found])
    works: dict[str, Work] = {}
    shard = counters.pick_shard()
    for kept, understanding in zip(found, understood, strict=True):
        after = _after(kept.feedback, understanding)
        if after != kept.feedback:
            works[after.id] = work = Work()
            store.understand_anew(work, kept, after)
            if after.status == "received":
                _recount(work, kept, after, shard)
    errors = commit_all(list(works.values()))
    overtaken = []
    for feedback_id, error in zip(works, errors, strict=True):
        if isinstance(error, Stale):
            overtaken.append(feedback_id)
        elif error is not None:
            raise error
    return len(works) - len(overtaken), overtaken


def _after(feedback: Feedback, understanding: Understanding) -> Feedback:
    return feedback.model_copy(
        update={
            "language": understanding.language,
            "sentiment": understanding.sentiment,
            "themes": understanding.themes,
            "urgency": understanding.urgency,
        }
    )


def _recount(work: Work, kept: Kept, after: Feedback, shard: int) -> None:
    """Take what was counted of a response out, and count it as it is understood now."""
    counts.count_difference(work, kept.feedback, after, shard)
    if kept.tallied:
        counts.count_topics(work, kept.feedback, sign=-1)
    counts.count_topics(work, after)
