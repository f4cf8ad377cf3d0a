"""What staff can do with tickets. Answers and notes: replies.py. What mails do to them: inbound.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.access import service as access
from chalicelib.customers import service as customers
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.events import EventData, changes
from chalicelib.kernel.work import Work
from chalicelib.mail import service as mail
from chalicelib.mail import threads
from chalicelib.mail.model import MAX_TEXT_BYTES, Message, StoredMessage, cut
from chalicelib.support import assigning, policy, presence, promises, store
from chalicelib.support.events import TicketChanged, TicketClosing, TicketOpened, TicketSnoozed, TicketWoken
from chalicelib.support.model import StoredTicket, Ticket, new_ticket
from chalicelib.support.requests import NewTicket, ParticipantsPatch, TicketPatch


def open_by_hand(work: Work, new: NewTicket) -> Ticket:
    """Take down a ticket that came by phone, at the counter, by letter. Raises NotFound, Invalid."""
    requester = mail.address_of(customers.get(new.customer_id))
    fields = new.model_dump(exclude={"text"})
    ticket = new_ticket(at=work.now, requester=requester, **fields)
    _require_people(work, fields)
    customers.require(work, new.customer_id)
    spoken = written_down(work, ticket, new.text, direction="inbound")
    ticket = begin(work, ticket, message_id=spoken.id)
    mail.add(work, spoken.model_copy(update={"from_": requester}))
    return shown(ticket)


def begin(work: Work, ticket: StoredTicket, *, message_id: str | None = None) -> StoredTicket:
    """Add a ticket and record that it was opened; the ticket with what it is promised.

    `message_id` is what was said, when no mail brought it.
    """
    ticket = promises.begun(work, ticket)
    store.add(work, ticket)
    mail.index_thread(work, [threads.index_key("tag", ticket.tag)], ticket.id)
    event = TicketOpened(
        ticket_id=ticket.id,
        channel=ticket.channel,
        priority=ticket.priority,
        message_id=message_id,
        assignee=ticket.assignee,
    )
    record(work, ticket, event, {"subject": ticket.subject})
    return ticket


def record(work: Work, ticket: Ticket, event: EventData, private: dict[str, Any]) -> None:
    """Record an event where the ticket's customer sees it."""
    work.record(
        store.events_partition(ticket),
        event,
        customer_id=ticket.customer_id,
        channel=ticket.channel,
        private=private,
    )


def get(ticket_id: str) -> Ticket:
    """A ticket with who is at it now: one call. Raises NotFound."""
    ticket, present = presence.with_present(ticket_id)
    return shown(ticket).model_copy(update={"present": present})


def with_merged(ticket_id: str) -> list[StoredTicket]:
    """A ticket and those that were merged into it, 20 at most: one call, two with such. Raises NotFound."""
    ticket = store.get(ticket_id)
    return [ticket, *store.get_many(ticket.merged_ids)]


def require(work: Work, ticket_id: str) -> None:
    """Commit only if the ticket exists; else NotFound."""
    work.require(store.ticket_key(ticket_id), store.no_such_ticket())


def messages(ticket_id: str, *, limit: int, after: str | None) -> tuple[list[Message], str | None]:
    """A page of a ticket's messages, newest first. Raises NotFound."""
    found, position = mail.in_thread(ticket_id, limit=limit, after=after)
    if not found and after is None:
        store.get(ticket_id)
    return found, position


def change(work: Work, ticket_id: str, patch: TicketPatch) -> Ticket:
    """Apply a merge patch. Raises NotFound, Stale, Conflict `wrong_status`, Invalid."""
    before = store.get(ticket_id)
    work.check_version(before.version)
    return shown(apply(work, before, given_by(work, before, patch)))


def given_by(work: Work, before: StoredTicket, patch: TicketPatch) -> dict[str, Any]:
    """The fields that a patch gives, with whoever it has chosen. Raises Invalid, Conflict `team_empty`."""
    given = {name: getattr(patch, name) for name in patch.model_fields_set - {"assign"}}
    if patch.assign is None:
        return given
    team = given.get("team", before.team)
    if team is None or given.get("assignee"):
        raise Invalid.in_body("assign", "needs a team, and no assignee beside it", "needs_team")
    chosen = assigning.choose(work, team, patch.assign)
    if chosen is None:
        raise Conflict("There is nobody active in this team.", code="team_empty")
    return given | {"assignee": chosen}


def apply(
    work: Work, before: StoredTicket, given: dict[str, Any], *, at: datetime | None = None
) -> StoredTicket:
    """Change a ticket, with its clocks, and record what changed; all changes of tickets come through here.

    A ticket that somebody works on is not snoozed any more. `at` is when it was to be looked at, else now.
    """
    if given.get("status", before.status) != before.status:
        given = {"snoozed_until": None, **given}
    after = promises.followed(work, before, before.patched(given, at=work.now), at=at or work.now)
    if after is before:
        return before
    changed = [name for name in given if getattr(before, name) != getattr(after, name)]
    _require_people(work, {name: given[name] for name in changed})
    store.replace(work, before, after)
    visible = sorted(set(changed) & set(Ticket.model_fields))
    if visible:
        event = TicketChanged(
            ticket_id=after.id,
            ticket_version=after.version,
            changed=visible,
            status=after.status,
            assignee=after.assignee if "assignee" in visible else None,
        )
        record(work, after, event, {"subject": after.subject, **(changes(before, after, visible) or {})})
    if "snoozed_until" in changed and after.snoozed_until:
        snoozed = TicketSnoozed(ticket_id=after.id, wake_id=after.id, wake_at=after.snoozed_until)
        record(work, after, snoozed, {"subject": after.subject})
    if after.status == "solved" and "status" in changed:
        _close_later(work, after)
    return after


def _close_later(work: Work, ticket: StoredTicket) -> None:
    """Set the timer that closes a solved ticket, if the business wants that."""
    closes_at = policy.current().closes_at(ticket)
    if closes_at:
        closing = TicketClosing(ticket_id=ticket.id, wake_id=ticket.id, wake_at=closes_at)
        record(work, ticket, closing, {"subject": ticket.subject})


def _require_people(work: Work, given: dict[str, Any]) -> None:
    """Commit only if the assignee and the team exist."""
    if given.get("assignee"):
        access.require_staff(work, given["assignee"], "assignee")
    if given.get("team"):
        access.require_team(work, given["team"], "team")


def written_down(work: Work, ticket: Ticket, text: str, *, direction: Any) -> StoredMessage:
    """A message that did not come by mail: a note, or what was said on the phone."""
    identifier = ids.new_id("msg", work.now)
    return StoredMessage(
        id=identifier,
        direction=direction,
        status="recorded",
        mail_class="human",
        thread_id=ticket.id,
        customer_id=ticket.customer_id,
        subject=ticket.subject,
        text=cut(text, MAX_TEXT_BYTES),
        truncated=len(text.encode()) > MAX_TEXT_BYTES,
        body_key=mail.store_body(identifier, text, "", None),
        created_at=work.now,
    )


def wake(work: Work, ticket_id: str, at: datetime) -> None:
    """Look at a ticket at a time that was set for it: is its snooze over, is it to close, is a promise due?

    A stale timer finds none of these. Raises NotFound.
    """
    ticket = store.get(ticket_id)
    closes_at = policy.read().closes_at(ticket) if ticket.status == "solved" else None
    if ticket.snoozed_until and ticket.snoozed_until <= at and ticket.status not in ("closed", "spam"):
        given: dict[str, Any] = {"snoozed_until": None}
        apply(work, ticket, given | ({} if ticket.status == "open" else {"status": "open"}), at=at)
        record(work, ticket, TicketWoken(ticket_id=ticket.id), {"subject": ticket.subject})
    elif closes_at is not None and closes_at <= at:
        apply(work, ticket, {"status": "closed"}, at=at)
    else:
        apply(work, ticket, {}, at=at)
        if closes_at is not None:
            _close_later(work, ticket)


def shown(ticket: StoredTicket) -> Ticket:
    """The ticket without what only threading needs."""
    return Ticket.model_validate(ticket.model_dump(include=set(Ticket.model_fields)))


def change_participants(work: Work, ticket_id: str, patch: ParticipantsPatch) -> Ticket:
    """Have addresses take part, or no more. Raises NotFound, Stale, Invalid, Conflict."""
    before = store.get(ticket_id)
    work.check_version(before.version)
    gone = {address.lower() for address in patch.remove}
    if before.requester and before.requester.address.lower() in gone:
        raise Invalid.in_body("remove", "names whoever asked", "is_requester")
    left = [one for one in before.participants if one.address.lower() not in gone]
    joined = before.model_copy(update={"participants": left}).with_all(patch.add)
    return shown(apply(work, before, {"participants": joined}))
