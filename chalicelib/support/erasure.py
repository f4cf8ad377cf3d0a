"""What privacy asks of support: every ticket of a customer with what was said in it, and to remove them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib.kernel import blobs
from chalicelib.kernel.blobs import StoredObject
from chalicelib.kernel.work import Work
from chalicelib.mail import erasure as mail
from chalicelib.support import indexing, promises, store
from chalicelib.support.model import StoredTicket
from chalicelib.support.service import shown

NOT_THEIRS = {"assignee", "team"}
"""Who of the staff worked on it is none of the customer's data."""


def export_of(customer_id: str) -> Iterator[dict[str, Any]]:
    """Every ticket of a customer, oldest first, each with what they said on the phone or at the counter.

    The mails and notes in it are the customer's messages (mail/erasure.py); what others wrote into it is
    those people's.
    """
    for ticket in store.every_of_customer(customer_id):
        told = shown(ticket).model_dump(mode="json", exclude_none=True, exclude=NOT_THEIRS)
        yield {"kind": "ticket", **told}
        for message in mail.spoken_in(ticket.id):
            yield mail.described(message)


def files_of(customer_id: str) -> Iterator[StoredObject]:
    """The long texts of what they said."""
    for ticket in store.every_of_customer(customer_id):
        for message in mail.spoken_in(ticket.id):
            yield from mail.objects_of(message)


def erase(work: Work, customer_id: str) -> dict[str, int]:
    """Remove one of a customer's tickets, or some of its messages when it has many.

    The whole conversation goes, others' words in it too: they answer or quote what the customer wrote.
    """
    ticket = store.one_of_customer(customer_id)
    return {} if ticket is None else erase_some(work, ticket)


def closed_before(at: datetime, *, limit: int, after: str | None) -> tuple[list[StoredTicket], str | None]:
    """A page of tickets that are closed, and did not change since: two calls."""
    return store.closed_before(at, limit=limit, after=after)


def erase_some(work: Work, ticket: StoredTicket) -> dict[str, int]:
    """Remove some of a ticket's messages; without any left, what it is found by, then the ticket."""
    if removed := mail.erase_thread(work, ticket.id):
        return removed
    if terms := indexing.remove(work, ticket.id):
        return {"index_entries": terms}
    return _erase_ticket(work, ticket)


def _erase_ticket(work: Work, ticket: StoredTicket) -> dict[str, int]:
    """The ticket with its own events, and whatever attachments a try that died early has left."""
    events = store.own_events(ticket.id)
    for key in events:
        work.delete(key)
    if len(events) == store.EVENTS_AT_ONCE:
        return {"events": len(events)}
    blobs.erase(f"attachments/{ticket.id}/")
    mail.forget_tag(work, ticket.tag)
    promises.forget(work, ticket)
    mail.part(work, ticket.id)
    indexing.require_removed(work, ticket.id)
    store.remove(work, ticket)
    return {"tickets": 1, "thread_keys": 1} | ({"events": len(events)} if events else {})
