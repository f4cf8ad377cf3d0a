"""Files a mail that came in: as a new ticket, or as the next message of the one it answers.

Four calls and one for each stored object: the raw mail, what we know of it, its ticket, the transaction.
When others change meanwhile what was read, the worker begins anew; the marks of the first success end
every repeat.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.customers import service as customers
from chalicelib.kernel import table
from chalicelib.kernel.errors import Repeated, Stale
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.mail import filing, inbox
from chalicelib.mail import service as mail
from chalicelib.mail.events import MailReceived
from chalicelib.mail.inbox import Arrival
from chalicelib.mail.notices.receipts import Receipt
from chalicelib.support import acknowledgement, following, policy, service, store
from chalicelib.support.model import MAX_LINKS, StoredTicket, new_ticket

_FILED_ALONE = frozenset({"bounce", "complaint", "own_loop"})
"""Classes that never open a ticket: without one to join, the message stands for itself."""


@dataclass(frozen=True)
class _Known:
    """What the table says of a mail: the items found, whose the sender's address is, what it joins."""

    found: dict[Key, Item]
    customer_id: str | None
    ticket: StoredTicket | None


def file(work: Work, receipt: Receipt) -> None:
    """File a mail. Raises Repeated for one that was filed before; fails with Stale when it was overtaken."""
    arrival = inbox.read(receipt)
    known = _look_up(arrival, work.now)
    for key in arrival.seen_keys:
        mail.mark_seen(work, key)
    if known.ticket is not None and _goes_on(work, arrival, known.ticket):
        _append(work, arrival, known, known.ticket)
    elif arrival.mail_class in _FILED_ALONE:
        _add_message(work, arrival, known, None, known.customer_id)
    else:
        _open(work, arrival, known)


def _goes_on(work: Work, arrival: Arrival, ticket: StoredTicket) -> bool:
    """Whether the mail joins its ticket: a person's opens a new one when that cannot be opened again."""
    return not _is_persons(arrival) or policy.current().reopens(ticket, work.now)


def _is_persons(arrival: Arrival) -> bool:
    """Whether it may change a ticket: no other mail than a person's ever does."""
    return arrival.mail_class == "human" and not arrival.receipt.is_spam


def _look_up(arrival: Arrival, at: datetime) -> _Known:
    """Two calls at most: marks, thread keys, the sender; then the tickets that it may belong to."""
    keys = [*arrival.seen_keys, *arrival.index_keys, *([arrival.own_key] if arrival.own_key else [])]
    sender = arrival.sender
    if sender is not None:
        keys += [customers.email_key(sender.address), acknowledgement.history_key(sender)]
    found = table.get_many(keys)
    if any(key in found for key in arrival.seen_keys):
        raise Repeated("This mail was filed before.")
    holder = found.get(customers.email_key(sender.address)) if sender else None
    verified = arrival.receipt.sender_verified and not arrival.receipt.is_spam
    customer_id = holder["customer_id"] if holder and verified else None
    return _Known(found, customer_id, _ticket_of(arrival, found, at))


def _ticket_of(arrival: Arrival, found: dict[Key, Item], at: datetime) -> StoredTicket | None:
    """The ticket it answers: by signature, by the ids it answers, or by the tag if its sender takes part.

    Or the one that goes on with that.
    """
    answered = arrival.indexed_threads(found, by_tag=False)
    certain = [f"tkt_{ulid}" for ulid in arrival.signed_threads()] + answered
    tagged = arrival.indexed_threads(found, by_tag=True)
    if not certain and not tagged:
        return None
    items = table.get_many(store.ticket_key(ticket_id) for ticket_id in [*certain, *tagged])
    for ticket_id in [*certain, *tagged]:
        ticket = store.stored(items.get(store.ticket_key(ticket_id)))
        if ticket is not None and (ticket_id in certain or _takes_part(arrival, ticket)):
            return following.current(ticket, answered, at)
    return None


def _takes_part(arrival: Arrival, ticket: StoredTicket) -> bool:
    verified = arrival.receipt.sender_verified
    return verified and arrival.sender is not None and ticket.takes_part(arrival.sender.address)


def _open(work: Work, arrival: Arrival, known: _Known) -> None:
    """Open a ticket; a person we do not know becomes a lead, and a person gets an acknowledgement."""
    customer_id = known.customer_id
    if customer_id is not None:
        customers.require(work, customer_id, Stale("The customer was deleted meanwhile."))
    if customer_id is None and arrival.is_trusted and arrival.sender is not None:
        customer_id = customers.register_lead(work, arrival.sender.address, arrival.sender.name).id
    ticket = new_ticket(
        at=work.now,
        identifier=arrival.derived_id("tkt"),
        subject=arrival.subject,
        channel="email",
        status="spam" if arrival.receipt.is_spam else "open",
        customer_id=customer_id,
        requester=arrival.answers_to,
        verified=arrival.receipt.sender_verified and arrival.answers_to == arrival.sender,
    )
    own_id = arrival.mail.message_id if arrival.mail else None
    ticket = ticket.model_copy(update={**ticket.with_reference(own_id), **_joining(arrival, ticket)})
    ticket = _following(work, ticket, known.ticket)
    service.begin(work, ticket)
    _add_message(work, arrival, known, ticket, customer_id)
    if arrival.is_trusted and arrival.sender is not None:
        history = known.found.get(acknowledgement.history_key(arrival.sender))
        acknowledgement.acknowledge(work, ticket, arrival.sender, history)


def _following(work: Work, ticket: StoredTicket, closed: StoredTicket | None) -> StoredTicket:
    """The new ticket, linked to the closed one that could not be opened again, if there is room."""
    if closed is None:
        return ticket
    linked = closed.linked(ticket.id, "related") if len(closed.links) < MAX_LINKS else closed.links
    service.apply(work, closed, {"followed_by": ticket.id, "links": linked})
    return ticket.model_copy(update={"links": ticket.linked(closed.id, "related")})


def _append(work: Work, arrival: Arrival, known: _Known, ticket: StoredTicket) -> None:
    """Add it to its ticket. Only a person's mail changes the ticket: it reopens it and joins its author."""
    _add_message(work, arrival, known, ticket, known.customer_id or ticket.customer_id)
    if not _is_persons(arrival) or arrival.mail is None:
        return
    given: dict[str, Any] = ticket.with_reference(arrival.mail.message_id) | _joining(arrival, ticket)
    service.apply(work, ticket, given | following.reopened(ticket))


def _joining(arrival: Arrival, ticket: StoredTicket) -> dict[str, Any]:
    if arrival.sender is None:
        return {}
    verified = arrival.receipt.sender_verified
    return {"participants": ticket.joined_by(arrival.sender.address, verified=verified)}


def _add_message(
    work: Work, arrival: Arrival, known: _Known, ticket: StoredTicket | None, customer_id: str | None
) -> None:
    thread_id = ticket.id if ticket else None
    message = filing.message_of(arrival, thread_id=thread_id, customer_id=customer_id)
    mail.add(work, message)
    if thread_id and arrival.own_key and arrival.own_key not in known.found:
        mail.claim_thread_key(work, arrival.own_key, thread_id)
    event = MailReceived(message_id=message.id, thread_id=thread_id, mail_class=arrival.mail_class)
    mail.record(work, message, event)
