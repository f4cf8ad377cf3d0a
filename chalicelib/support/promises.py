"""What tickets are promised: hands their changes to the service levels, which keep the clocks (sla/)."""

from __future__ import annotations

from datetime import datetime

from chalicelib.kernel.work import Work
from chalicelib.sla import service as sla
from chalicelib.sla.service import Facts
from chalicelib.support import store
from chalicelib.support.model import StoredTicket, Ticket


def begun(work: Work, ticket: StoredTicket) -> StoredTicket:
    """A new ticket with what it is promised."""
    return ticket.model_copy(update={"sla": sla.follow(work, None, _facts(ticket), work.now)})


def followed(work: Work, before: StoredTicket, after: StoredTicket, *, at: datetime) -> StoredTicket:
    """The changed ticket with its clocks as they then are; `after` when they say nothing new.

    A ticket that only its clocks change (`after` is `before`) is one version on.
    """
    clocks = sla.follow(work, _facts(before), _facts(after), at)
    if clocks == before.sla:
        return after
    later = {"version": before.version + 1, "updated_at": work.now}
    return after.model_copy(update={"sla": clocks} | later)


def _facts(ticket: StoredTicket) -> Facts:
    return Facts(
        ticket_id=ticket.id,
        partition=store.ticket_key(ticket.id).pk,
        subject=ticket.subject,
        status="spam" if ticket.merged_into else ticket.status,  # promised no more: another goes on with it
        priority=ticket.priority,
        channel=ticket.channel,
        customer_id=ticket.customer_id,
        team=ticket.team,
        assignee=ticket.assignee,
        tags=frozenset(ticket.tags),
        mailbox=ticket.mailbox,
        answered_at=ticket.answered_at,
        asked_at=ticket.asked_at,
        sla=ticket.sla,
    )


def forget(work: Work, ticket: Ticket) -> None:
    """Take a ticket out of the list of what is due."""
    sla.forget(work, ticket.id)


def due(
    *, before: datetime | None, team: str | None, assignee: str | None, limit: int, after: str | None
) -> tuple[list[StoredTicket], str | None]:
    """A page of tickets by when something is due on them, what is overdue first: two calls."""
    where = {"team": team, "assignee": assignee}
    listed, position = sla.due(before=before, where=where, limit=limit, after=after)
    return store.get_many(listed), position
