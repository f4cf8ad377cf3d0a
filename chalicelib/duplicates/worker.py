"""The worker of this feature's queue."""

from __future__ import annotations

from collections import defaultdict

from chalice.app import Blueprint

from chalicelib.duplicates import finding
from chalicelib.duplicates.finding import Standing
from chalicelib.kernel.commit import commit_all
from chalicelib.kernel.events import Published
from chalicelib.kernel.table import Key
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
    _commit(concerned, due, _placed(due))
    _commit(concerned, due, _settled(concerned, due))


def _placed(due: list[Standing]) -> list[Work]:
    """Place everybody of the batch, in transactions before those of the comparisons."""
    works = [Work() for _ in due]
    for work, standing in zip(works, due, strict=True):
        finding.place(work, standing)
    return works


def _settled(concerned: dict[str, Job], due: list[Standing]) -> list[Work]:
    """Compare everybody of the batch, each in a Work of their own: of a whole group it would be too large."""
    works = [Work() for _ in due]
    decided: defaultdict[str, set[Key]] = defaultdict(set)
    for work, standing in zip(works, due, strict=True):
        job = concerned[standing.id]
        if job.error is None:
            with job.attempt():
                finding.settle(work, standing, decided[job.message_id])
                decided[job.message_id].update(write.key for write in work.writes)
    return works


def _commit(concerned: dict[str, Job], due: list[Standing], works: list[Work]) -> None:
    """Commit each one's Work, unless their message failed; what fails, fails the message."""
    alive = [
        (job, work) for one, work in zip(due, works, strict=True) if (job := concerned[one.id]).error is None
    ]
    errors = commit_all([work for _, work in alive])
    for (job, _), error in zip(alive, errors, strict=True):
        if error is not None:
            job.fail(error)


def _concerned(event: Published) -> set[str]:
    """Whom an event is about: of a merge, both; of who was deleted, all who were merged into them."""
    named = [event.customer_id, event.data.get("customer_id"), event.data.get("merged_id")]
    named += event.data.get("merged_ids") or []
    return {one for one in named if isinstance(one, str)}
