"""Counts responses by their tags and themes, from their events: the worker of a queue of its own."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.feedback import tallying
from chalicelib.kernel.events import Published
from chalicelib.kernel.workers import Job, batch_worker

worker = Blueprint(__name__)


@batch_worker(worker)
def tally_feedback(jobs: list[Job]) -> None:
    """One reading and one transaction a batch. A response that is gone, or marked, is counted no more."""
    named: list[tuple[Job, str]] = []
    for job in jobs:
        with job.attempt():
            named.append((job, str(Published.of(job.body).data.get("feedback_id"))))
    due = tallying.untallied({feedback_id for _, feedback_id in named}) if named else {}
    for job, feedback_id in named:
        kept = due.pop(feedback_id, None)
        if kept is not None:
            with job.attempt() as work:
                tallying.tally(work, kept)
