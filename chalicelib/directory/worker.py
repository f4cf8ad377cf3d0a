"""The worker of this feature's queue: a customer's event is a hint to look at their entries again."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.directory.service import Indexing
from chalicelib.kernel.commit import commit
from chalicelib.kernel.events import Published
from chalicelib.kernel.model import each_once
from chalicelib.kernel.work import Work
from chalicelib.kernel.workers import Job, batch_worker

worker = Blueprint(__name__)


@batch_worker(worker)
def index_customers(jobs: list[Job]) -> None:
    """One reading a batch; of several events of a customer the first does the work."""
    concerned: list[tuple[Job, list[str]]] = []
    seen: set[str] = set()
    for job in jobs:
        with job.attempt():
            ids = [one for one in _concerned(Published.of(job.body)) if one not in seen]
            seen.update(ids)
            concerned.append((job, ids))
    indexing = Indexing(seen)
    for job, ids in concerned:
        with job.attempt() as work:
            for customer_id in ids[:-1]:
                first = Work(now=work.now)
                indexing.update(first, customer_id)
                commit(first)
            for customer_id in ids[-1:]:
                indexing.update(work, customer_id)


def _concerned(event: Published) -> list[str]:
    """The customers that an event is about: a merge is about two."""
    named = (event.customer_id, event.data.get("customer_id"), event.data.get("merged_id"))
    return each_once([one for one in named if one])
