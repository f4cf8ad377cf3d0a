"""Reads a mail again that could not be read when it came, and files it where it lies: in place, once."""

from __future__ import annotations

from typing import Any

from chalicelib.customers import service as customers
from chalicelib.kernel import table
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.work import Work
from chalicelib.mail import filing, inbox, mailboxes
from chalicelib.mail import service as mail
from chalicelib.mail.events import MailReceived
from chalicelib.mail.inbox import Arrival
from chalicelib.mail.model import Message, StoredMessage
from chalicelib.support import service, store


def retry(work: Work, message_id: str) -> Message:
    """Read the raw mail of a message anew: four calls, and one for each object.

    One that is read already is shown as it is. Raises NotFound, Conflict `still_unreadable`, Stale.
    """
    message = mail.get_stored(message_id)
    if message.receipt is None:
        return mail.shown(message)
    arrival = inbox.read(message.receipt, mailboxes.of_address(message.mailbox))
    if arrival.mail is None:
        raise Conflict("The mail still cannot be read.", code="still_unreadable")
    customer_id = message.customer_id or _customer_of(work, arrival)
    after = filing.message_of(arrival, thread_id=message.thread_id, customer_id=customer_id)
    after = after.model_copy(update={"id": message.id, "version": message.version + 1})
    mail.replace(work, after, version=message.version)
    event = MailReceived(message_id=after.id, thread_id=after.thread_id, mail_class=arrival.mail_class)
    mail.record(work, after, event)
    if message.thread_id is not None:
        _complete_ticket(work, arrival, after)
    return mail.shown(after)


def _customer_of(work: Work, arrival: Arrival) -> str | None:
    """Whose mail it is, as if it came now."""
    if not arrival.is_trusted or arrival.sender is None:
        return None
    holder = table.get(customers.email_key(arrival.sender.address))
    if holder is not None:
        return str(holder["customer_id"])
    return customers.register_lead(work, arrival.sender.address, arrival.sender.name).id


def _complete_ticket(work: Work, arrival: Arrival, message: StoredMessage) -> None:
    """Give the ticket that the mail opened what nobody knew: its subject, who asks, whose it is."""
    ticket = store.get(str(message.thread_id))
    given: dict[str, Any] = {"subject": arrival.subject or ticket.subject, "language": arrival.language}
    if ticket.requester is None and arrival.answers_to is not None:
        given |= {"requester": arrival.answers_to}
    if ticket.customer_id is None:
        given |= {"customer_id": message.customer_id}
    if arrival.sender is not None:
        verified = arrival.receipt.sender_verified
        given |= {"participants": ticket.joined_by(arrival.sender.address, verified=verified)}
    own_id = arrival.mail.message_id if arrival.mail else None
    service.apply(work, ticket, given | ticket.with_reference(own_id))
