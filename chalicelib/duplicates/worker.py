"""The worker of this feature's queue."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.duplicates import finding
from chalicelib.duplicates.finding import Standing
from chalicelib.kernel.commit import commit_all
from chalicelib.kernel.events import Published
from chalicelib.kernel.work import Work
from chalicelib.kernel.workers import Job, batch_worker

worker = Blueprint(__name__)
BATCH = 3
"""Messages of an invocation. Among hundreds of near-identical entries each writes up to 20 pairs, which
others overtake and which are then found anew; so few are done in time even then."""


@batch_worker(worker, batch_size=BATCH)
def find_duplicates(jobs: list[Job]) -> None:
    """Look for other entries of those whom a batch of events is about, each once.

    One call for a batch that changed nothing to compare; else one more to place them, 9 for each one, and
    one to commit.
    """
    concerned: dict[str, Job] = {}
    for job in jobs:
        with job.attempt():
            for customer_id in _concerned(Published.of(job.body)):
                concerned.setdefault(customer_id, job)
    due = finding.standings(concerned) if concerned else []
    _place(concerned, due)
    for standing in due:
        job = concerned[standing.id]
        if job.error is None:
            with job.attempt() as work:
                finding.settle(work, standing)


def _place(concerned: dict[str, Job], due: list[Standing]) -> None:
    """Place everybody of the batch, in transactions before those of the comparisons."""
    works = [Work() for _ in due]
    for work, standing in zip(works, due, strict=True):
        finding.place(work, standing)
    for standing, error in zip(due, commit_all(works), strict=True):
        if error is not None:
            concerned[standing.id].fail(error)


def _concerned(event: Published) -> set[str]:
    """Whom an event is about: of a merge, both; of who was deleted, all who were merged into them."""
    named = [event.customer_id, event.data.get("customer_id"), event.data.get("merged_id")]
    named += event.data.get("merged_ids") or []
    return {one for one in named if isinstance(one, str)}
