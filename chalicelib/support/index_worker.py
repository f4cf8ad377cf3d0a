"""The worker of the ticket index's queue: what happens with a ticket changes what it is found by."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.kernel.commit import commit
from chalicelib.kernel.events import Published
from chalicelib.kernel.work import Work
from chalicelib.kernel.workers import Job, queue_worker
from chalicelib.support import indexing

worker = Blueprint(__name__)

FOUND_BY = {"subject", "requester", "merged_into", "merged_ids"}
"""Fields of a ticket whose change changes what it is found by."""


@queue_worker(worker)
def index_tickets(job: Job) -> None:
    """Two calls an event, none for one that changes nothing here."""
    event = Published.of(job.body)
    told = event.data
    ticket_id = told.get("ticket_id") or told.get("thread_id")
    if ticket_id is None or told.get("auto_reply"):
        return
    if event.type == "ticket.split":
        _apart(ticket_id)
        indexing.add(job.work, told["new_id"], told["message_ids"])
    elif event.type == "mail.erased":
        indexing.anew(job.work, ticket_id)
    elif event.type == "ticket.changed":
        if FOUND_BY & set(told["changed"]):
            indexing.anew(job.work, ticket_id)
    else:
        message_id = told.get("message_id")
        indexing.add(job.work, ticket_id, [message_id] if message_id else [])


def _apart(ticket_id: str) -> None:
    """Tell anew what one ticket is found by, in a transaction of its own: two may not fit one."""
    work = Work()
    indexing.anew(work, ticket_id)
    commit(work)
