"""Votes that are one person's since customers were merged: one stays, the others are taken back."""

from __future__ import annotations

from chalicelib.customers import service as customers
from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work
from chalicelib.suggestions import ballots, voting
from chalicelib.suggestions.ballots import Vote

AT_ONCE = 30
"""Votes taken back in one transaction: three writes each."""


def take_back(customer_id: str) -> None:
    """Leave a customer one vote for each suggestion, the survivor's where they have one; a repeat finds that.

    Two calls for thirty votes, and a transaction where some are double. Raises Stale when one of them, or its
    suggestion, is moved meanwhile.
    """
    seen: set[str] = set()
    for one in customers.group_of(customer_id):
        after: str | None = None
        while True:
            votes, after = ballots.of_customer(one, limit=AT_ONCE, after=after)
            _take_back([vote for vote in votes if vote.suggestion_id in seen])
            seen.update(vote.suggestion_id for vote in votes)
            if after is None:
                break


def _take_back(double: list[Vote]) -> None:
    work = Work()
    for vote in double:
        ballots.take_back(work, vote)
        ballots.count(work, vote.suggestion_id, -1)
        voting.record(work, vote.suggestion_id, voted=None)
    if double:
        commit(work)
