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
from chalicelib.customers.model import Customer
from chalicelib.kernel import table
from chalicelib.kernel.errors import Repeated
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.mail import filing, inbox
from chalicelib.mail import service as mail
from chalicelib.mail.events import MailReceived
from chalicelib.mail.inbox import Arrival
from chalicelib.mail.notices.receipts import Receipt
from chalicelib.rules import book
from chalicelib.support import acknowledgement, ruling, service, store
from chalicelib.support.model import StoredTicket, new_ticket
from chalicelib.support.ruling import Ruling

_FILED_ALONE = frozenset({"bounce", "complaint", "own_loop"})
"""Classes that never open a ticket: without one to join, the message stands for itself."""


@dataclass(frozen=True)
class Known:
    """What the table says of a mail: the items found, whose the sender's address is, what it joins."""

    found: dict[Key, Item]
    customer_id: str | None
    ticket: StoredTicket | None
    ruling: Ruling


def file(work: Work, receipt: Receipt) -> None:
    """File a mail. Raises Repeated for one that was filed before; fails with Stale when it was overtaken."""
    arrival = inbox.read(receipt)
    known = look_up(arrival, work.now)
    if any(key in known.found for key in arrival.seen_keys):
        raise Repeated("This mail was filed before.")
    for key in arrival.seen_keys:
        mail.mark_seen(work, key)
    if known.ruling.ignores or (known.ticket is None and arrival.mail_class in _FILED_ALONE):
        _file_alone(work, arrival, known)
    elif known.ticket is not None:
        _append(work, arrival, known, known.ticket)
    else:
        _open(work, arrival, known)


def look_up(arrival: Arrival, at: datetime) -> Known:
    """Two calls at most: marks, thread keys, the sender, the rules; then its tickets and its customer.

    More only when rules changed since this process last read them.
    """
    keys = [*arrival.seen_keys, *arrival.index_keys, *([arrival.own_key] if arrival.own_key else [])]
    sender = arrival.sender
    if sender is not None:
        keys += [customers.email_key(sender.address), acknowledgement.history_key(sender)]
    found = table.get_many([*keys, *book.keys(at)])
    rules = book.opened(found, at)
    holder = found.get(customers.email_key(sender.address)) if sender else None
    verified = arrival.receipt.sender_verified and not arrival.receipt.is_spam
    customer_id = holder["customer_id"] if holder and verified else None
    ticket, profile = _read(arrival, found, customer_id if rules.rules else None)
    return Known(found, customer_id, ticket, ruling.decide(arrival, rules, profile, ticket, at))


def _read(
    arrival: Arrival, found: dict[Key, Item], customer_id: str | None
) -> tuple[StoredTicket | None, Customer | None]:
    """The ticket it answers: by signature, by the ids it answers, or by the tag if its sender takes part.

    With it the profile of a customer whom rules may ask about.
    """
    certain = [f"tkt_{ulid}" for ulid in arrival.signed_threads()]
    certain += arrival.indexed_threads(found, by_tag=False)
    tagged = arrival.indexed_threads(found, by_tag=True)
    profile_keys = [customers.profile_key(customer_id)] if customer_id else []
    keys = [*(store.ticket_key(ticket_id) for ticket_id in [*certain, *tagged]), *profile_keys]
    items = table.get_many(keys) if keys else {}
    profiles = [customers.of_item(items[key]) for key in profile_keys if key in items]
    profile = profiles[0] if profiles else None
    for ticket_id in [*certain, *tagged]:
        ticket = store.stored(items.get(store.ticket_key(ticket_id)))
        if ticket is not None and (ticket_id in certain or _takes_part(arrival, ticket)):
            return ticket, profile
    return None, profile


def _takes_part(arrival: Arrival, ticket: StoredTicket) -> bool:
    verified = arrival.receipt.sender_verified
    return verified and arrival.sender is not None and ticket.takes_part(arrival.sender.address)


def _open(work: Work, arrival: Arrival, known: Known) -> None:
    """Open a ticket; a person we do not know becomes a lead, and a person gets an acknowledgement."""
    customer_id = known.ruling.customer(work, known.customer_id, makes=True)
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
    ticket = ticket.model_copy(update=known.ruling.on_ticket(ticket))
    answered = _answer(work, arrival, known, ticket, acknowledges=True)
    service.begin(work, ticket.model_copy(update={"answered_by_rules": answered}))
    _add_message(work, arrival, known, ticket, customer_id)
    _conclude(work, known, ticket.id, customer_id)


def _conclude(work: Work, known: Known, ticket_id: str | None, customer_id: str | None) -> None:
    """Do what rules say of the customer's timeline, and record what came of the rules."""
    known.ruling.interact(work, customer_id)
    known.ruling.record(work, ticket_id, customer_id)


def _file_alone(work: Work, arrival: Arrival, known: Known) -> None:
    """File it without a ticket, and without an acknowledgement."""
    known.ruling.without_ticket()
    customer_id = known.ruling.customer(work, known.customer_id, makes=False)
    _add_message(work, arrival, known, None, customer_id)
    _conclude(work, known, None, customer_id)


def _answer(work: Work, arrival: Arrival, known: Known, ticket: StoredTicket, *, acknowledges: bool) -> int:
    """Queue what rules answer, else the acknowledgement where there is to be one; how many rules answered."""
    ruled = known.ruling.answer()
    if arrival.sender is None or not arrival.is_trusted or ticket.status == "spam":
        return 0
    if ruled is None and not acknowledges:
        return 0
    history = known.found.get(acknowledgement.history_key(arrival.sender))
    acknowledgement.acknowledge(work, ticket, arrival.sender, history)
    return 0


def _append(work: Work, arrival: Arrival, known: Known, ticket: StoredTicket) -> None:
    """Add it to its ticket. Only a person's mail changes the ticket: it reopens it and joins its author."""
    customer_id = known.ruling.customer(work, known.customer_id, makes=False)
    _add_message(work, arrival, known, ticket, customer_id or ticket.customer_id)
    given: dict[str, Any] = {}
    if arrival.mail_class == "human" and not arrival.receipt.is_spam and arrival.mail is not None:
        given = ticket.with_reference(arrival.mail.message_id) | _joining(arrival, ticket)
        if ticket.status not in ("open", "spam"):
            given["status"] = "open"
    given |= known.ruling.on_ticket(ticket)
    answered = _answer(work, arrival, known, ticket, acknowledges=False)
    if answered:
        given["answered_by_rules"] = ticket.answered_by_rules + answered
    service.apply(work, ticket, given)
    _conclude(work, known, ticket.id, customer_id)


def _joining(arrival: Arrival, ticket: StoredTicket) -> dict[str, Any]:
    if arrival.sender is None:
        return {}
    verified = arrival.receipt.sender_verified
    return {"participants": ticket.joined_by(arrival.sender.address, verified=verified)}


def _add_message(
    work: Work, arrival: Arrival, known: Known, ticket: StoredTicket | None, customer_id: str | None
) -> None:
    thread_id = ticket.id if ticket else None
    message = filing.message_of(arrival, thread_id=thread_id, customer_id=customer_id)
    mail.add(work, message)
    if thread_id and arrival.own_key and arrival.own_key not in known.found:
        mail.claim_thread_key(work, arrival.own_key, thread_id)
    event = MailReceived(message_id=message.id, thread_id=thread_id, mail_class=arrival.mail_class)
    mail.record(work, message, event)
