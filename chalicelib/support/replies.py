"""What staff say on a ticket: answers that go out by mail, and notes among themselves."""

from __future__ import annotations

from typing import Any

from chalicelib.access import service as access
from chalicelib.customers import service as customers
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.work import Work
from chalicelib.mail import attaching, mailboxes, queueing
from chalicelib.mail import service as mail
from chalicelib.mail.model import Message
from chalicelib.mail.parts import Address
from chalicelib.support import service, store
from chalicelib.support.events import TicketNoted
from chalicelib.support.model import StoredTicket, Ticket
from chalicelib.support.requests import NewReply


def reply(work: Work, ticket_id: str, new: NewReply) -> Message:
    """Answer by mail, or leave a note. Raises NotFound, Conflict, also `merged`, Invalid `no_address`."""
    ticket = store.get(ticket_id)
    work.check_version(ticket.version)
    return say(work, ticket, new, {})[1]


def say(
    work: Work, ticket: StoredTicket, new: NewReply, given: dict[str, Any]
) -> tuple[StoredTicket, Message]:
    """The same to a ticket that was read, with what else changes about it (`given`), once for both."""
    if ticket.merged_into:
        raise ticket.is_merged()
    given = given | ({"status": new.status} if new.status else {})
    return _note(work, ticket, new, given) if new.internal else _answer(work, ticket, new, given)


def _answer(
    work: Work, ticket: StoredTicket, new: NewReply, given: dict[str, Any]
) -> tuple[StoredTicket, Message]:
    if new.mentions:
        raise Invalid.in_body("mentions", "only a note mentions somebody", "not_in_answers")
    to = ticket.requester or _address_of(ticket)
    copies = _copies(ticket, to, new)
    joining = new.cc if ticket.requester else [to.address, *new.cc]
    given = {"answered_at": work.now, "answered_by_rules": 0, **given}
    given |= {"requester": to, "participants": ticket.with_all(joining)}
    after = service.apply(work, ticket, given)
    message = queueing.queue(
        work,
        queueing.Draft(
            to=to,
            cc=copies,
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
    return after, message


def _copies(ticket: StoredTicket, to: Address, new: NewReply) -> list[Address]:
    """Who gets the answer, too: whom it names, and with `cc_participants` all who take part; each once.

    Raises Invalid `own_address`: a mail of ours to ourselves would come in as one.
    """
    if any(mailboxes.are_ours(address) for address in new.cc):
        raise Invalid.in_body("cc", "names an address of our own", "own_address")
    wanted = [*new.cc, *(one.address for one in ticket.participants if new.cc_participants)]
    found: dict[str, Address] = {}
    for address in wanted:
        found.setdefault(address.casefold(), Address(address=address))
    found.pop(to.address.casefold(), None)
    return list(found.values())


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


def _note(
    work: Work, ticket: StoredTicket, new: NewReply, given: dict[str, Any]
) -> tuple[StoredTicket, Message]:
    for name in ("html", "attachments", "cc", "cc_participants"):
        if getattr(new, name):
            raise Invalid.in_body(name, "a note is plain text for the staff", "note_is_text")
    for staff_id in new.mentions:
        access.require_staff(work, staff_id, "mentions")
    note = service.written_down(work, ticket, new.text, direction="internal")
    note = note.model_copy(update={"mentions": new.mentions})
    mail.add(work, note)
    after = service.apply(work, ticket, given) if given else ticket
    event = TicketNoted(ticket_id=ticket.id, message_id=note.id, mentions=new.mentions)
    service.record(work, ticket, event, {"subject": ticket.subject, "summary": new.text[: mail.PREVIEW]})
    return after, mail.shown(note)
