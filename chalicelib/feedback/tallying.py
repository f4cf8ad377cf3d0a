"""Counts responses by their tags and themes, once each: the response carries the mark."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.feedback import counts, store
from chalicelib.feedback.store import Kept
from chalicelib.kernel.work import Work


def untallied(feedback_ids: Iterable[str]) -> dict[str, Kept]:
    """Those of the responses that are not counted by their topics yet: one call."""
    found = store.kept(feedback_ids)
    return {one: kept for one, kept in found.items() if not kept.tallied}


def tally(work: Work, kept: Kept) -> None:
    """Count a response by its tags and themes, and mark it.

    Fails with Repeated when it is marked already, with Stale when it was understood anew meanwhile.
    """
    store.mark_tallied(work, kept.feedback)
    if kept.feedback.status == "received":
        counts.count_topics(work, kept.feedback)
