"""What a customer sees of their own tickets by their link, and does with them."""

from __future__ import annotations

from chalicelib.kernel import ids
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.work import Work
from chalicelib.mail import contents
from chalicelib.mail import service as mail
from chalicelib.mail.model import Download, Message
from chalicelib.portal import store
from chalicelib.portal.entering import Entered
from chalicelib.portal.model import (
    NewAnswer,
    NewRequest,
    PortalAttachment,
    PortalChange,
    PortalMessage,
    PortalTicket,
    Said,
)
from chalicelib.support import asking, listing
from chalicelib.support.model import StoredTicket


def tickets(entered: Entered, *, limit: int, after: str | None) -> tuple[list[PortalTicket], str | None]:
    """A page of their tickets, newest first: a call an id. It may be short."""
    found, position = listing.of_customers(entered.ids, limit=limit, after=after)
    elsewhere = asking.shown_elsewhere(entered.ids, found)
    visible = [one for one in found if one.status != "spam" and one.id not in elsewhere]
    return [_shown(one) for one in visible], position


def ticket(entered: Entered, ticket_id: str) -> PortalTicket:
    """One of their tickets. Raises NotFound, also for another's."""
    return _shown(asking.own(entered.ids, ticket_id))


def messages(
    entered: Entered, ticket_id: str, *, limit: int, after: str | None
) -> tuple[list[PortalMessage], str | None]:
    """A page of what they and the business wrote, newest first. It may be short. Raises NotFound."""
    own = asking.own(entered.ids, ticket_id)
    found, position = mail.in_thread(own.id, limit=limit, after=after)
    return [_message(one) for one in found if _may_see(entered, own, one)], position


def attachment(entered: Entered, ticket_id: str, message_id: str, attachment_id: str) -> Download:
    """A link to an attachment of a message that they see. Raises NotFound, also for one in quarantine."""
    own, message = asking.own(entered.ids, ticket_id), mail.get(message_id)
    if message.thread_id not in (own.id, *own.merged_ids) or not _may_see(entered, own, message):
        raise NotFound("There is no such message.", code="no_such_message")
    return contents.attachment_link(message_id, attachment_id)


def open_ticket(work: Work, entered: Entered, new: NewRequest) -> PortalTicket:
    """Open a ticket. Raises Repeated, Conflict `too_many_requests`."""
    _count(work, entered, "tickets", new.once)
    return _shown(asking.begin(work, entered.customer, new.subject, new.text))


def answer(work: Work, entered: Entered, ticket_id: str, new: NewAnswer) -> PortalMessage:
    """Add to a ticket. Raises NotFound, Repeated, Conflict `closed`, `too_many_requests`."""
    own = asking.own(entered.ids, ticket_id)
    asking.require_answerable(own, work.now)
    _count(work, entered, "answers", new.once)
    return _message(asking.answer(work, own, entered.customer, new.text))


def change(work: Work, entered: Entered, ticket_id: str, change: PortalChange) -> PortalTicket:
    """Mark a ticket solved, or open it again. Raises NotFound, Conflict `closed`."""
    own = asking.own(entered.ids, ticket_id)
    return _shown(asking.settle(work, own, change.status))


def _count(work: Work, entered: Entered, said: Said, once: str | None) -> None:
    day = store.day(entered.customer.id).once_more(said, once, work.now)
    store.put_day(work, entered.customer.id, day)


def _may_see(entered: Entered, own: StoredTicket, message: Message) -> bool:
    """Whether a message is theirs to see: what they wrote, and what was answered to them.

    Neither a note, nor what others wrote into their ticket, nor what a merged ticket of others holds.
    """
    if message.customer_id not in entered.ids or message.status == "cancelled" or message.state == "spam":
        return False
    if message.direction != "inbound" or message.from_ is None:
        return message.direction != "internal"
    theirs = [*entered.customer.emails, *([own.requester.address] if own.requester else [])]
    return message.from_.address.casefold() in (one.casefold() for one in theirs)


def _shown(ticket: StoredTicket) -> PortalTicket:
    return PortalTicket.of(ticket, can_answer=asking.can_answer(ticket, ids.now()))


def _message(message: Message) -> PortalMessage:
    return PortalMessage(
        id=message.id,
        by="you" if message.direction == "inbound" else "us",
        text=message.text,
        shortened=message.truncated,
        attachments=[
            PortalAttachment.model_validate(one.model_dump(include=set(PortalAttachment.model_fields)))
            for one in message.attachments
            if not one.quarantined
        ],
        created_at=message.created_at,
    )
