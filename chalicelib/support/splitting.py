"""Splitting a ticket: some of its messages become a ticket of their own, and answers to them follow."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.model import Line, Model, each_once
from chalicelib.kernel.work import Work
from chalicelib.mail import moving, threads
from chalicelib.mail.model import MessageId, StoredMessage
from chalicelib.support import service, store
from chalicelib.support.events import TicketSplit
from chalicelib.support.model import MAX_MERGED, StoredTicket, Ticket, new_ticket

MAX_MESSAGES = 40
"""Messages that are moved at once: two writes each, and a transaction has a hundred."""


class NewSplit(Model):
    """Which messages begin the new ticket, and what it is about."""

    message_ids: Annotated[
        list[MessageId], Field(min_length=1, max_length=MAX_MESSAGES), AfterValidator(each_once)
    ]
    subject: Annotated[str, Line(500)]


def split(work: Work, ticket_id: str, request: NewSplit) -> Ticket:
    """Move messages of a ticket to a new one, linked to it; the new one.

    Raises NotFound, Invalid `not_in_ticket`, Conflict `merged`, `too_many_splits`, `too_many_attachments`,
    Stale.
    """
    source = store.get(ticket_id)
    work.check_version(source.version)
    if source.merged_into:
        raise source.is_merged()
    if len(source.split_into) == MAX_MERGED:
        sentence = f"{MAX_MERGED} tickets are split off from one at most."
        raise Conflict(sentence, code="too_many_splits")
    messages = moving.of_thread(request.message_ids, source.id)
    new = _begun(work, source, messages, request.subject)
    given = {"split_into": [*source.split_into, new.id], "links": source.linked(new.id, "related")}
    new = service.begin(work, new)
    service.apply(work, source, given)
    moving.move(work, messages, source.id, new.id)
    event = TicketSplit(ticket_id=source.id, new_id=new.id, message_ids=[one.id for one in messages])
    service.record(work, source, event, {"subject": new.subject})
    return service.shown(new)


def _begun(work: Work, source: StoredTicket, messages: list[StoredMessage], subject: str) -> StoredTicket:
    """The new ticket: whoever wrote the first of the messages asks; else who asked before."""
    asked = next((one for one in messages if one.direction == "inbound" and one.from_), None)
    requester = asked.from_ if asked else source.requester
    begun = new_ticket(
        at=work.now,
        identifier=ids.new_id("tkt", work.now),
        subject=subject,
        channel=source.channel,
        priority=source.priority,
        customer_id=(asked.customer_id if asked else None) or source.customer_id,
        requester=requester,
        verified=requester is not None and _is_verified(source, requester.address),
        assignee=source.assignee,
        team=source.team,
    )
    moved = {one.index_key for one in messages}
    chain = [one for one in source.references if threads.index_key("mid", one) in moved]
    threaded: dict[str, Any] = {"references": chain, "last_message_id": chain[-1] if chain else None}
    return begun.model_copy(update=threaded | {"links": begun.linked(source.id, "related")})


def _is_verified(source: StoredTicket, address: str) -> bool:
    return any(one.verified for one in source.participants if one.address.lower() == address.lower())
