"""What customers do with their own tickets themselves, without a mail: ask, answer, solve, reopen.

Whoever calls knows that it is they. What comes of it is as if they had mailed; but rules see mails only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from chalicelib.customers import service as customers
from chalicelib.customers.model import Customer
from chalicelib.kernel import table
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.work import Work
from chalicelib.mail import mailboxes
from chalicelib.mail import service as mail
from chalicelib.mail.events import MailReceived
from chalicelib.mail.model import StoredMessage
from chalicelib.support import acknowledgement, following, policy, service, store
from chalicelib.support.model import StoredTicket, new_ticket


def own(customer_ids: Sequence[str], ticket_id: str) -> StoredTicket:
    """A ticket of theirs, or of theirs the one that goes on with it: two calls at most. Raises NotFound."""
    ticket = store.get(ticket_id)
    if ticket.customer_id not in customer_ids or ticket.status == "spam":
        raise store.no_such_ticket()
    heir = store.find(ticket.merged_into)
    return heir if heir is not None and heir.customer_id in customer_ids else ticket


def shown_elsewhere(customer_ids: Sequence[str], tickets: Sequence[StoredTicket]) -> set[str]:
    """Ids of those of these tickets that go on in another one of theirs: one call, if any was merged."""
    heirs = store.get_many({one.merged_into for one in tickets if one.merged_into})
    theirs = {one.id for one in heirs if one.customer_id in customer_ids}
    return {one.id for one in tickets if one.merged_into in theirs}


def can_answer(ticket: StoredTicket, at: datetime) -> bool:
    """Whether an answer would be heard: not on one that goes on with others, or is closed for good."""
    return not ticket.merged_into and policy.reopens(ticket, at)


def require_answerable(ticket: StoredTicket, at: datetime) -> None:
    """Raises Conflict `closed`."""
    if not can_answer(ticket, at):
        raise Conflict("This request is closed for good; please open a new one.", code="closed")


def begin(work: Work, customer: Customer, subject: str, text: str) -> StoredTicket:
    """Open a ticket, and acknowledge it by mail. Fails with NotFound for a customer who is gone."""
    requester = mail.address_of(customer)
    ticket = new_ticket(
        at=work.now,
        subject=subject,
        channel="web",
        customer_id=customer.id,
        requester=requester,
        language=customer.locale,
    )
    ticket = service.begin(work, ticket)
    _say(work, ticket, customer, text)
    if requester is not None:
        history = table.get(acknowledgement.history_key(requester))
        acknowledgement.acknowledge(work, ticket, requester, history, mailboxes.default())
    return ticket


def answer(work: Work, ticket: StoredTicket, customer: Customer, text: str) -> StoredMessage:
    """Add to a ticket what its customer writes; it opens again. Raises Conflict `closed`."""
    require_answerable(ticket, work.now)
    service.apply(work, ticket, {"asked_at": work.now} | following.reopened(ticket))
    return _say(work, ticket, customer, text)


def settle(work: Work, ticket: StoredTicket, status: Literal["solved", "open"]) -> StoredTicket:
    """Say that it is solved, or not. Nothing changes when it is so. Raises Conflict `closed`."""
    if status == "open":
        require_answerable(ticket, work.now)
        return service.apply(work, ticket, following.reopened(ticket))
    return (
        ticket if ticket.status in ("solved", "closed") else service.apply(work, ticket, {"status": status})
    )


def _say(work: Work, ticket: StoredTicket, customer: Customer, text: str) -> StoredMessage:
    """What they wrote, as a message that came in; told by the same event as a mail."""
    customers.require(work, customer.id)
    said = service.written_down(work, ticket, text, direction="inbound")
    known = {"status": "received", "from_": mail.address_of(customer), "customer_id": customer.id}
    said = said.model_copy(update=known)
    mail.add(work, said)
    event = MailReceived(message_id=said.id, thread_id=ticket.id, mail_class="human")
    mail.record(work, said, event, channel="web")
    return said
