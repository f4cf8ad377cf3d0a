"""The worker of this feature's queue: a customer's event is a hint to look at their entries again."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.customers import association
from chalicelib.customers.model import Customer
from chalicelib.directory.service import Indexing
from chalicelib.kernel.commit import commit, commit_all
from chalicelib.kernel.errors import Repeated
from chalicelib.kernel.events import Published
from chalicelib.kernel.model import each_once
from chalicelib.kernel.work import Work
from chalicelib.kernel.workers import Job, batch_worker
from chalicelib.organisations import service as organisations

worker = Blueprint(__name__)


@batch_worker(worker)
def index_customers(jobs: list[Job]) -> None:
    """One reading a batch; of several events of a customer the first does the work."""
    concerned: list[tuple[Job, list[str]]] = []
    seen: set[str] = set()
    due: set[str] = set()
    for job in jobs:
        with job.attempt():
            event = Published.of(job.body)
            ids = [one for one in _concerned(event) if one not in seen]
            seen.update(ids)
            concerned.append((job, ids))
            due.update(_concerned(event) if association.is_due(event) else [])
    indexing = Indexing(seen)
    _associate([customer for one in due if (customer := indexing.customer(one))])
    for job, ids in concerned:
        with job.attempt() as work:
            for customer_id in ids[:-1]:
                first = Work(now=work.now)
                indexing.update(first, customer_id)
                commit(first)
            for customer_id in ids[-1:]:
                indexing.update(work, customer_id)


def _associate(customers: list[Customer]) -> None:
    """Have those join their organisations who may: one call to find out; their change is an event again.

    Raises Stale when a profile changed meanwhile, so that the batch is read anew.
    """
    domains = {domain for customer in customers for domain in association.domains_of(customer)}
    holders = organisations.holders_of_domains(domains) if domains else {}
    works = [Work() for _ in customers]
    for work, customer in zip(works, customers, strict=True):
        association.associate(work, customer, holders)
    for error in commit_all(works):
        if error is not None and not isinstance(error, Repeated):
            raise error


def _concerned(event: Published) -> list[str]:
    """The customers that an event is about: a merge is about two."""
    named = (event.customer_id, event.data.get("customer_id"), event.data.get("merged_id"))
    return each_once([one for one in named if one])
