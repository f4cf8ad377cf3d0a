"""Reads a mail again that could not be read when it came, and files it where it lies: in place, once.

The rules are asked as when it came, but for those that fired then: the message's version guards both.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from chalicelib.customers import recognition
from chalicelib.customers import service as customers
from chalicelib.kernel import table
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.work import Work
from chalicelib.mail import filing, inbox, mailboxes
from chalicelib.mail import service as mail
from chalicelib.mail.events import MailReceived
from chalicelib.mail.inbox import Arrival
from chalicelib.mail.model import Message, StoredMessage
from chalicelib.rules import book, running
from chalicelib.rules.model import RuleRuns
from chalicelib.support import following, policy, ruling, service, store
from chalicelib.support.model import StoredTicket
from chalicelib.support.ruling import Ruling


class Known(NamedTuple):
    """What there is about the mail: its ticket, whose address it really comes from, what rules say now."""

    ticket: StoredTicket | None
    sender_id: str | None
    ruling: Ruling
    earlier: RuleRuns | None


def retry(work: Work, message_id: str) -> Message:
    """Read the raw mail of a message anew: six calls at most, and one for each object.

    One that is read already is shown as it is. Raises NotFound, Conflict `still_unreadable`, Stale.
    """
    message = mail.get_stored(message_id)
    if message.receipt is None:
        return mail.shown(message)
    arrival = inbox.read(message.receipt, mailboxes.of_address(message.mailbox))
    if arrival.mail is None:
        raise Conflict("The mail still cannot be read.", code="still_unreadable")
    known = _look_up(work, arrival, message)
    known.ruling.too_late()
    opens = known.ticket is None or _opened(arrival, known.ticket)
    sender_id = known.ruling.customer(work, known.sender_id, makes=opens and message.customer_id is None)
    known.ruling.interact(work, sender_id)
    after = filing.message_of(
        arrival, thread_id=message.thread_id, customer_id=message.customer_id or sender_id
    )
    after = after.model_copy(update={"id": message.id, "version": message.version + 1})
    mail.replace(work, after, version=message.version)
    mail.record(work, after, _received(arrival, after))
    if known.ticket is None:
        known.ruling.without_ticket()
    else:
        _complete_ticket(work, arrival, after, known.ticket, known.ruling)
    known.ruling.record(work, after.thread_id, after.customer_id, message_id=after.id, earlier=known.earlier)
    return mail.shown(after)


def _received(arrival: Arrival, message: StoredMessage) -> MailReceived:
    """What tells of it now that it can be read; in a feedback mailbox it is a comment only now."""
    return MailReceived(
        message_id=message.id,
        thread_id=message.thread_id,
        mail_class=arrival.mail_class,
        mailbox_id=arrival.mailbox.id,
        purpose="support" if message.thread_id else arrival.mailbox.purpose,
        state=arrival.state,
    )


def _look_up(work: Work, arrival: Arrival, message: StoredMessage) -> Known:
    """Two calls, and more only when rules changed since this process last read them."""
    sender = arrival.sender if arrival.is_trusted else None
    keys = [running.log_key(message.id), *book.keys(work.now)]
    keys += [store.ticket_key(message.thread_id)] if message.thread_id else []
    keys += [recognition.email_key(sender.address)] if sender else []
    found = table.get_many(keys)
    holder = found.get(recognition.email_key(sender.address)) if sender else None
    ticket = store.stored(found.get(store.ticket_key(message.thread_id))) if message.thread_id else None
    earlier = running.log_of(found.get(running.log_key(message.id)))
    asked = book.opened(found, work.now).left_by(earlier)
    profile = customers.get(holder["customer_id"]) if holder and asked.rules else None
    answers = ticket if ticket and not _opened(arrival, ticket) else None
    decided = ruling.decide(arrival, asked, profile, answers, work.now)
    return Known(ticket, holder["customer_id"] if holder else None, decided, earlier)


def _opened(arrival: Arrival, ticket: StoredTicket) -> bool:
    """Whether the mail opened its ticket, when nobody could read it."""
    return ticket.id == arrival.derived_id("tkt")


def _complete_ticket(
    work: Work, arrival: Arrival, message: StoredMessage, ticket: StoredTicket, ruled: Ruling
) -> None:
    """Make the ticket what it would be had the mail been read, with what rules make of it."""
    given = _learnt(arrival, message, ticket) if _opened(arrival, ticket) else _asked(work, arrival, ticket)
    if arrival.sender is not None:
        verified = arrival.receipt.sender_verified
        given |= {"participants": ticket.joined_by(arrival.sender.address, verified=verified)}
    own_id = arrival.mail.message_id if arrival.mail else None
    given |= ticket.with_reference(own_id) | ruled.on_ticket(work, ticket)
    service.apply(work, ticket, given)


def _learnt(arrival: Arrival, message: StoredMessage, ticket: StoredTicket) -> dict[str, Any]:
    """What nobody knew of the ticket that the mail opened: its subject, who asks, whose it is."""
    given: dict[str, Any] = {"subject": arrival.subject or ticket.subject, "language": arrival.language}
    if ticket.requester is None and arrival.answers_to is not None:
        given |= {"requester": arrival.answers_to}
    if ticket.customer_id is None:
        given |= {"customer_id": message.customer_id}
    return given


def _asked(work: Work, arrival: Arrival, ticket: StoredTicket) -> dict[str, Any]:
    """What a person's mail changes about a ticket that it answers, if that can still be opened."""
    if not arrival.is_trusted or ticket.merged_into or not policy.reopens(ticket, work.now):
        return {}
    return {"asked_at": work.now} | following.reopened(ticket)
