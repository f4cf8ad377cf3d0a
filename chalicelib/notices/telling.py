"""Tells staff by mail what happened on their tickets: who is concerned, and whether it still holds.

An event may come twice, late, or after what it tells of is over. The id of a notice follows from event and
reader, so that nobody is told twice; what is out of date is dropped. Three calls, four for a team's ticket:
ticket and message, those concerned, the transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.access import service as access
from chalicelib.kernel import ids, table
from chalicelib.kernel.errors import Repeated
from chalicelib.kernel.events import Published
from chalicelib.kernel.work import Work
from chalicelib.mail import mailboxes, queueing
from chalicelib.mail import service as mail
from chalicelib.mail.model import StoredMessage
from chalicelib.mail.parts import Address
from chalicelib.notices import store, texts
from chalicelib.notices.model import MOST_MEMBERS, Kind
from chalicelib.notices.store import Person
from chalicelib.support import summary as support
from chalicelib.support.model import Ticket

OLD = timedelta(days=1)
"""Nobody is told of what happened longer ago, such as after an outage."""

KINDS: dict[str, Kind] = {
    "ticket.opened": "assigned",
    "ticket.changed": "assigned",
    "ticket.noted": "mentioned",
    "mail.received": "replied",
    "ticket.sla_warning": "sla_warning",
    "ticket.sla_breached": "sla_breached",
}
"""What an event may mean to staff, by its type; infra/bus.yaml brings no other."""


class Happened(NamedTuple):
    """What an event says: its kind, and the ticket and the message as they are now."""

    kind: Kind
    event: Published
    at: datetime
    ticket: Ticket
    message: StoredMessage | None

    def holds(self) -> bool:
        """Whether it is still worth telling: not of spam, of what was undone, or of a mail that began it."""
        if self.ticket.status == "spam":
            return False
        match self.kind:
            case "assigned":
                return self.ticket.assignee == self.event.data.get("assignee")
            case "mentioned":
                return self.message is not None
            case "replied":
                read = self.message is not None and self.message.state != "spam"
                return read and self.at > self.ticket.created_at
            case _:
                return self.ticket.status not in ("solved", "closed")

    def author(self) -> str | None:
        """Who wrote what came in, by their name if it says one."""
        author = self.message.from_ if self.message else None
        return (author.name or author.address) if author else None

    def concerned(self) -> list[str]:
        """Ids of those to tell: one call when it is the team of a ticket that nobody has."""
        if self.kind == "mentioned":
            return list(self.event.data.get("mentions") or [])
        if self.ticket.assignee:
            return [self.ticket.assignee]
        members = access.members_of(self.ticket.team) if self.ticket.team else []
        return [one.id for one in members[:MOST_MEMBERS]]


def tell(work: Work, event: Published) -> None:
    """Queue a mail to each who is concerned and wants it. Fails with Repeated when they were told before."""
    happened = _happened(event, work.now)
    if happened is None or not happened.holds():
        return
    concerned = happened.concerned()
    actor = event.actor.staff_id
    people = store.people([*concerned, *([actor] if actor else [])]) if concerned else {}
    by = people[actor].staff.name if actor in people else happened.author()
    for person in _readers(happened, people, concerned):
        _tell(work, happened, person, by)
    if work.writes:  # a notice of what was erased meanwhile would stay for ever
        work.require(support.ticket_key(happened.ticket.id), Repeated("The ticket is gone."))


def _happened(event: Published, now: datetime) -> Happened | None:
    """What happened, unless it is of no concern, long ago, or its ticket is gone: one call at most."""
    kind, at = KINDS.get(event.type), event.occurred_at
    ticket_id = event.data.get("ticket_id") or event.data.get("thread_id")
    message_id = event.data.get("message_id")
    if kind is None or at is None or now - at > OLD or event.bulk or not ticket_id:
        return None
    keys = [support.ticket_key(ticket_id)] + ([mail.message_key(message_id)] if message_id else [])
    found = table.get_many(keys)
    ticket = support.of_item(found.get(keys[0]))
    item = found.get(keys[-1]) if message_id else None
    return Happened(kind, event, at, ticket, mail.stored(item) if item else None) if ticket else None


def _readers(happened: Happened, people: dict[str, Person], concerned: Iterable[str]) -> list[Person]:
    """Those concerned who are active and want it; nobody is told what they did or wrote themselves."""
    message = happened.message
    author = message.from_.address.casefold() if message and message.from_ else None
    return [
        person
        for person in (people[one] for one in dict.fromkeys(concerned) if one in people)
        if person.staff.active
        and person.notices.has(happened.kind)
        and person.staff.id != happened.event.actor.staff_id
        and person.staff.email.casefold() != author
    ]


def _tell(work: Work, happened: Happened, person: Person, by: str | None) -> None:
    told = person.told.once_more(happened.kind, work.now)
    if told is None:
        return
    subject, text = texts.notice(
        happened.kind,
        happened.event.data,
        happened.ticket,
        reader=person.staff,
        by=by,
        quoted=happened.message.text if happened.message else "",
        last=told.was_last(happened.kind),
    )
    draft = queueing.Draft(
        id=ids.derived_id("msg", happened.at, happened.event.id, person.staff.id),
        to=Address(address=person.staff.email, name=person.staff.name),
        mailbox=mailboxes.notifier(),
        subject=subject,
        text=text,
        about=happened.ticket.id,
        auto_reply=True,
    )
    queueing.queue(work, draft)
    store.count(work, person.staff.id, told)
