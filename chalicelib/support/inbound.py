"""Files a mail that came in: as a new ticket, or as the next message of the one it answers.

Four calls and one for each stored object: the raw mail, what we know of it, its ticket, the transaction.
When others change meanwhile what was read, the worker begins anew; the marks of the first success end
every repeat.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from chalicelib.customers import service as customers
from chalicelib.kernel import table
from chalicelib.kernel.commit import commit
from chalicelib.kernel.errors import Repeated, Stale
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.mail import filing, inbox, mailboxes, reported
from chalicelib.mail import service as mail
from chalicelib.mail.events import MailReceived
from chalicelib.mail.inbox import Arrival
from chalicelib.mail.mailbox_model import Mailbox
from chalicelib.mail.model import StoredMessage
from chalicelib.mail.notices.receipts import Receipt
from chalicelib.support import acknowledgement, service, store
from chalicelib.support.model import StoredTicket, new_ticket

_FILED_ALONE = frozenset({"bounce", "complaint", "own_loop"})
"""Classes that never open a ticket: without one to join, the message stands for itself."""


@dataclass(frozen=True)
class _Known:
    """What the table says of a mail: items, whose the sender's address is, what it joins and reports on."""

    found: dict[Key, Item]
    customer_id: str | None
    ticket: StoredTicket | None
    sent: StoredMessage | None = None


def file_everywhere(work: Work, receipt: Receipt) -> None:
    """File a mail in each of our mailboxes that it came to, the last with this Work; most came to one.

    Raises Repeated for one that was filed before; fails with Stale when it was overtaken.
    """
    *others, last = mailboxes.addressed(receipt.recipients)
    for mailbox in others:
        apart = Work(now=work.now)
        with suppress(Repeated):
            file(apart, receipt, mailbox)
            commit(apart)
    file(work, receipt, last)


def file(work: Work, receipt: Receipt, mailbox: Mailbox) -> None:
    """File a mail that came to a mailbox. Raises Repeated; fails with Stale when it was overtaken."""
    arrival = inbox.read(receipt, mailbox)
    known = _look_up(arrival)
    for key in arrival.seen_keys:
        mail.mark_seen(work, key)
    if known.sent is not None and arrival.report is not None:
        reported.report_back(work, known.sent, arrival.report)
    if known.ticket is not None:
        _append(work, arrival, known, known.ticket)
    elif arrival.mail_class in _FILED_ALONE:
        about = known.sent.customer_id if known.sent else None
        _add_message(work, arrival, known, None, about or known.customer_id)
    elif mailbox.purpose == "feedback":
        _hand_over(work, arrival, known)
    else:
        _open(work, arrival, known)


def _look_up(arrival: Arrival) -> _Known:
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
    return _Known(found, customer_id, *_joined(arrival, found))


def _joined(arrival: Arrival, found: dict[Key, Item]) -> tuple[StoredTicket | None, StoredMessage | None]:
    """The ticket it answers, and the message of ours it reports on: one call.

    A ticket by signature, by the ids it answers, or by the tag if its sender takes part.
    """
    certain = [f"tkt_{ulid}" for ulid in arrival.signed_threads()]
    certain += arrival.indexed_threads(found, by_tag=False)
    tagged = arrival.indexed_threads(found, by_tag=True)
    sent_id = arrival.reported_message(found)
    keys = [store.ticket_key(ticket_id) for ticket_id in [*certain, *tagged]]
    keys += [mail.message_key(sent_id)] if sent_id else []
    items = table.get_many(keys) if keys else {}
    sent = items.get(mail.message_key(sent_id)) if sent_id else None
    message = mail.stored(sent) if sent else None
    for ticket_id in [*certain, *tagged]:
        ticket = store.stored(items.get(store.ticket_key(ticket_id)))
        if ticket is not None and (ticket_id in certain or _takes_part(arrival, ticket)):
            return ticket, message
    return None, message


def _takes_part(arrival: Arrival, ticket: StoredTicket) -> bool:
    verified = arrival.receipt.sender_verified
    return verified and arrival.sender is not None and ticket.takes_part(arrival.sender.address)


def _open(work: Work, arrival: Arrival, known: _Known) -> None:
    """Open a ticket; a person we do not know becomes a lead, and a person gets an acknowledgement."""
    customer_id = _customer_of(work, arrival, known)
    ticket = new_ticket(
        at=work.now,
        identifier=arrival.derived_id("tkt"),
        subject=arrival.subject,
        channel="email",
        status="spam" if arrival.receipt.is_spam else "open",
        customer_id=customer_id,
        requester=arrival.answers_to,
        verified=arrival.receipt.sender_verified and arrival.answers_to == arrival.sender,
        team=arrival.mailbox.team,
        mailbox=arrival.mailbox.address,
        language=arrival.language or arrival.mailbox.language,
    )
    own_id = arrival.mail.message_id if arrival.mail else None
    ticket = ticket.model_copy(update={**ticket.with_reference(own_id), **_joining(arrival, ticket)})
    service.begin(work, ticket)
    _add_message(work, arrival, known, ticket, customer_id)
    if arrival.is_trusted and arrival.sender is not None and arrival.mailbox.acknowledge:
        history = known.found.get(acknowledgement.history_key(arrival.sender))
        acknowledgement.acknowledge(work, ticket, arrival.sender, history, arrival.mailbox)


def _hand_over(work: Work, arrival: Arrival, known: _Known) -> None:
    """File a mail to a feedback mailbox: no ticket; what its event says brings it to the feedback queue."""
    customer_id = _customer_of(work, arrival, known)
    _add_message(work, arrival, known, None, customer_id, purpose="feedback")


def _customer_of(work: Work, arrival: Arrival, known: _Known) -> str | None:
    """Whose mail it is; a person we do not know becomes a lead."""
    if known.customer_id is not None:
        customers.require(work, known.customer_id, Stale("The customer was deleted meanwhile."))
        return known.customer_id
    if not arrival.is_trusted or arrival.sender is None:
        return None
    sender = arrival.sender
    return customers.register_lead(work, sender.address, sender.name, locale=arrival.language).id


def _append(work: Work, arrival: Arrival, known: _Known, ticket: StoredTicket) -> None:
    """Add it to its ticket. Only a person's mail changes the ticket: it reopens it and joins its author."""
    once = arrival.seen_in(ticket.id)
    if once is not None:
        mail.mark_seen(work, once)
    _add_message(work, arrival, known, ticket, known.customer_id or ticket.customer_id)
    if arrival.mail_class != "human" or arrival.receipt.is_spam or arrival.mail is None:
        return
    given: dict[str, Any] = ticket.with_reference(arrival.mail.message_id) | _joining(arrival, ticket)
    if ticket.status not in ("open", "spam"):
        given["status"] = "open"
    service.apply(work, ticket, given)


def _joining(arrival: Arrival, ticket: StoredTicket) -> dict[str, Any]:
    """Its author takes part; and whom a person names whom the mail really comes from, unverified."""
    if arrival.sender is None:
        return {}
    verified = arrival.receipt.sender_verified
    joined = ticket.joined_by(arrival.sender.address, verified=verified)
    if arrival.is_trusted:
        for one in arrival.joining():
            joined = ticket.model_copy(update={"participants": joined}).joined_by(one.address, verified=False)
    return {"participants": joined}


def _add_message(
    work: Work,
    arrival: Arrival,
    known: _Known,
    ticket: StoredTicket | None,
    customer_id: str | None,
    purpose: str = "support",
) -> None:
    thread_id = ticket.id if ticket else None
    message = filing.message_of(arrival, thread_id=thread_id, customer_id=customer_id)
    if known.sent is not None:
        message = message.model_copy(update={"reports_on": known.sent.id})
    mail.add(work, message)
    if thread_id and arrival.own_key and arrival.own_key not in known.found:
        mail.claim_thread_key(work, arrival.own_key, thread_id)
    event = MailReceived(
        message_id=message.id,
        thread_id=thread_id,
        mail_class=arrival.mail_class,
        mailbox_id=arrival.mailbox.id,
        purpose=purpose,
        state=arrival.state,
    )
    mail.record(work, message, event)
