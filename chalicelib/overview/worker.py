"""The worker of this feature's queue."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.kernel.events import Published
from chalicelib.kernel.workers import Job, batch_worker
from chalicelib.overview import service as overview

worker = Blueprint(__name__)


@batch_worker(worker)
def summarise_customers(jobs: list[Job]) -> None:
    """Compute the summaries of those whom a batch of events is about, each once, from what is there now."""
    told: list[tuple[Job, set[str]]] = []
    for job in jobs:
        with job.attempt():
            told.append((job, _concerned(Published.of(job.body))))
    ids = {customer_id for _, concerned in told for customer_id in concerned}
    due = overview.subjects(ids) if ids else {}
    heirs = {one: subject.customer.id for subject in due.values() for one in subject.customer.merged_ids}
    for job, concerned in told:
        with job.attempt() as work:
            for customer_id in sorted({heirs.get(one, one) for one in concerned}):
                subject = due.pop(customer_id, None)
                if subject is not None:
                    overview.summarise(work, subject)


def _concerned(event: Published) -> set[str]:
    """Whom an event is about: of a merge, both."""
    named = (event.customer_id, event.data.get("customer_id"), event.data.get("merged_id"))
    return {one for one in named if isinstance(one, str)}
