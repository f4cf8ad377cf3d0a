"""What privacy asks of suggestions: what a customer wished and voted for, and to make it nobody's.

What was published stays, without who wrote it; a vote becomes a vote of nobody, so that the figures stay.
What was never public goes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from chalicelib.kernel.work import Work
from chalicelib.suggestions import ballots, store

AT_ONCE = 30
"""Votes, or suggestions, of one transaction."""


def export_of(customer_id: str) -> Iterator[dict[str, Any]]:
    """Every suggestion and every vote of a customer."""
    after: str | None = None
    while True:
        posted, after = store.of_author(customer_id, limit=100, after=after)
        for one in posted:
            yield {"kind": "suggestion", **one.model_dump(mode="json", exclude={"merged_ids"})}
        if after is None:
            break
    while True:
        votes, after = ballots.of_customer(customer_id, limit=100, after=after)
        for vote in votes:
            yield {"kind": "vote", "suggestion_id": vote.suggestion_id, "at": vote.at}
        if after is None:
            return


def erase(work: Work, customer_id: str) -> dict[str, int]:
    """Make some of a customer's votes and suggestions nobody's; how many of each, none when none are left."""
    votes, _ = ballots.of_customer(customer_id, limit=AT_ONCE)
    for vote in votes:
        ballots.take_back(work, vote)
        ballots.cast(work, vote.anonymous(work.now))
    posted = [] if votes else store.of_author(customer_id, limit=AT_ONCE, after=None)[0]
    for one in posted:
        if one.moderation == "public":
            store.forget_author(work, one)
        else:
            store.remove(work, one)
    counts = Counter({"votes_anonymised": len(votes), "suggestions_anonymised": len(posted)})
    return {name: number for name, number in counts.items() if number}
