"""What staff say on a ticket: answers that go out by mail, and notes among themselves."""

from __future__ import annotations

from typing import Any

from chalicelib.access import service as access
from chalicelib.customers import service as customers
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.work import Work
from chalicelib.mail import attaching, mailboxes
from chalicelib.mail import service as mail
from chalicelib.mail.model import Message
from chalicelib.mail.parts import Address
from chalicelib.support import service, store
from chalicelib.support.events import TicketNoted
from chalicelib.support.model import NewReply, StoredTicket, Ticket


def reply(work: Work, ticket_id: str, new: NewReply) -> Message:
    """Answer by mail, or leave a note. Raises NotFound, Conflict, also `merged`, Invalid `no_address`."""
    ticket = store.get(ticket_id)
    work.check_version(ticket.version)
    if ticket.merged_into:
        raise ticket.is_merged()
    return _note(work, ticket, new) if new.internal else _answer(work, ticket, new)


def _answer(work: Work, ticket: StoredTicket, new: NewReply) -> Message:
    to = ticket.requester or _address_of(ticket)
    if new.mentions:
        raise Invalid.in_body("mentions", "only a note mentions somebody", "not_in_answers")
    given: dict[str, Any] = {"answered_at": work.now, "answered_by_rules": 0}
    given |= {"status": new.status} if new.status else {}
    if ticket.requester is None:
        given |= {"requester": to, "participants": ticket.joined_by(to.address, verified=True)}
    service.apply(work, ticket, given)
    return mail.queue(
        work,
        mail.Draft(
            to=to,
            subject=reply_subject(ticket),
            text=new.text,
            html=new.html,
            mailbox=mailboxes.of_address(ticket.mailbox),
            customer_id=ticket.customer_id,
            thread_id=ticket.id,
            in_reply_to=ticket.last_message_id,
            references=ticket.references,
            attachments=attaching.take(new.attachments, owner=ticket.id),
        ),
    )


def _address_of(ticket: Ticket) -> Address:
    """Where to answer a ticket that did not come by mail."""
    customer = customers.get(ticket.customer_id) if ticket.customer_id else None
    address = mail.address_of(customer) if customer else None
    if address is None:
        raise Invalid("There is no address to answer this ticket at.", code="no_address")
    return address


def reply_subject(ticket: Ticket) -> str:
    """`Re: Broken kettle [#7KQ2M9XB]`: what mail clients thread by, with the tag that we thread by."""
    bare = ticket.subject if ticket.subject.lower().startswith("re:") else f"Re: {ticket.subject}"
    return bare if f"[#{ticket.tag}]" in bare else f"{bare[:480]} [#{ticket.tag}]"


def _note(work: Work, ticket: StoredTicket, new: NewReply) -> Message:
    if new.html is not None:
        raise Invalid.in_body("html", "a note is plain text", "note_is_text")
    if new.attachments:
        raise Invalid.in_body("attachments", "a note has none", "note_is_text")
    for staff_id in new.mentions:
        access.require_staff(work, staff_id, "mentions")
    note = service.written_down(work, ticket, new.text, direction="internal")
    note = note.model_copy(update={"mentions": new.mentions})
    mail.add(work, note)
    if new.status:
        service.apply(work, ticket, {"status": new.status})
    event = TicketNoted(ticket_id=ticket.id, message_id=note.id, mentions=new.mentions)
    service.record(work, ticket, event, {"subject": ticket.subject, "summary": new.text[: mail.PREVIEW]})
    return mail.shown(note)
