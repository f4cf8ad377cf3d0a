"""What a ticket's changes do to its clocks, in the transaction of the change. Policies: policies.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.customers import service as customers
from chalicelib.hours import service as hours
from chalicelib.kernel import counters
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.events import EventData
from chalicelib.kernel.work import Work
from chalicelib.sla import clock, policies, statistics, store
from chalicelib.sla.clock import Step, StoredSla, Terms
from chalicelib.sla.events import SlaBreached, SlaScheduled, SlaWarning
from chalicelib.sla.model import Case, Policies, Policy


@dataclass(frozen=True)
class Facts:
    """What service levels go by, of a ticket at one moment. `partition` is the ticket's own.

    `answered_at` is when staff last answered, `asked_at` when the customer last wrote.
    """

    ticket_id: str
    partition: str
    subject: str
    status: str
    priority: str
    channel: str
    customer_id: str | None
    team: str | None
    assignee: str | None
    tags: frozenset[str]
    mailbox: str | None
    answered_at: datetime | None
    asked_at: datetime | None
    sla: StoredSla | None

    @property
    def case(self) -> Case:
        """What the choice of a policy goes by; the customer's stage is read when this changes."""
        return Case(
            priority=self.priority,
            channel=self.channel,
            team=self.team,
            tags=self.tags,
            mailbox=self.mailbox,
            customer_id=self.customer_id,
        )

    @property
    def listed(self) -> dict[str, str | None]:
        """What the list of what is due can be filtered by."""
        return {"team": self.team, "assignee": self.assignee}


def follow(work: Work, before: Facts | None, after: Facts, at: datetime) -> StoredSla | None:
    """The clocks of a ticket that changed, begun (no `before`), or is looked at because something may be due.

    The same ones when there is nothing to note; else the ticket is to be stored with them in this Work. Adds
    to it events, counters, the place in the list of what is due, and the next timer: no call, but for the
    policies and calendars once in half a minute, and the customer's stage when a policy asks for it.
    """
    known = policies.current()
    old = before.sla if before else None
    if old is None and not known.data:
        return None
    stage = _stage(known, before, after)
    policy = known.choose(after.case, stage)
    sla = clock.follow(
        old, _step(before, after), _terms(policy, after), at, hours.calendar(old.calendar_id if old else None)
    )
    if sla is not None:
        reopened = (old.reopened if old else False) or _is_reopened(before, after)
        sla = sla.model_copy(update={"stage": stage, "wake_at": sla.next_wake, "reopened": reopened})
    if sla != old:
        _note(work, before, after, sla, at)
    _list(work, before, after, sla)
    return sla


def _step(before: Facts | None, after: Facts) -> Step:
    if before is None:
        return Step(status=after.status)
    return Step(
        status=after.status,
        answered=after.answered_at != before.answered_at,
        asked=after.asked_at != before.asked_at,
        answered_before=before.answered_at is not None,
    )


def _is_reopened(before: Facts | None, after: Facts) -> bool:
    return before is not None and before.status in clock.DONE and after.status not in clock.DONE


def _terms(policy: Policy | None, after: Facts) -> Terms:
    calendar = hours.calendar(policy.calendar_id if policy else None)
    return Terms.of(policy, after.priority, calendar)


def _stage(known: Policies, before: Facts | None, after: Facts) -> str | None:
    """The customer's stage, read only when a policy asks for it and the choice is to be made."""
    if before and before.sla and before.sla.stage and before.case == after.case:
        return before.sla.stage
    if not known.ask_for_stages or after.customer_id is None:
        return None
    try:
        return customers.get(after.customer_id).stage
    except NotFound:
        return "lead"  # registered in this very Work, by the mail that made them known


def _note(work: Work, before: Facts | None, after: Facts, sla: StoredSla | None, at: datetime) -> None:
    """Record what came of the clocks, count it, and set the next timer."""
    old = before.sla if before else None
    if sla is None:
        return
    for event, since in _events(after.ticket_id, old, sla):
        _record(work, after, event, since)
    added = statistics.additions(old, sla, before.status if before else "open", after.status)
    if added:
        _count(work, after, sla.policy_id, added, at)
    if sla.wake_at and sla.wake_at != (old.wake_at if old else None):
        timer = SlaScheduled(wake_id=after.ticket_id, wake_at=sla.wake_at, ticket_id=after.ticket_id)
        work.record(after.partition, timer)


def _events(ticket_id: str, old: StoredSla | None, sla: StoredSla) -> list[tuple[EventData, datetime]]:
    """Warnings and breaches that are new, with the time when they came to be."""
    known = old.clocks() if old else {}
    found: list[tuple[EventData, datetime]] = []
    for name, now in sla.clocks().items():
        then = known.get(name)
        about: dict[str, Any] = {"ticket_id": ticket_id, "policy_id": sla.policy_id, "target": name}
        if now.warned_at and not (then and then.warned_at):
            found.append((SlaWarning(**about, due_at=now.due_at), now.warned_at))
        if now.breached_at and not (then and then.breached_at):
            found.append((SlaBreached(**about, due_at=now.breached_at), now.breached_at))
    return found


def _record(work: Work, ticket: Facts, event: EventData, since: datetime) -> None:
    """Record an event where the ticket's customer sees it, at the time when it came to be."""
    work.record(
        customers.partition(ticket.customer_id) if ticket.customer_id else ticket.partition,
        event,
        customer_id=ticket.customer_id,
        channel=ticket.channel,
        occurred_at=since,
        private={"subject": ticket.subject},
    )


def _count(work: Work, ticket: Facts, policy_id: str, added: dict[str, int], at: datetime) -> None:
    values = {
        "policy": policy_id,
        "team": ticket.team,
        "priority": ticket.priority,
        "channel": ticket.channel,
        "assignee": ticket.assignee,
    }
    day, shard = at.astimezone(settings().zone).date(), counters.pick_shard()
    for dimension in statistics.DIMENSIONS:
        counters.count(
            work,
            statistics.partition(dimension),
            day,
            shard,
            added,
            part=values[dimension] or statistics.NONE,
        )


def _list(work: Work, before: Facts | None, after: Facts, sla: StoredSla | None) -> None:
    """Keep the list of what is due, where the ticket's place in it changes."""
    due = sla.next_due if sla else None
    was = before.sla.next_due if before and before.sla else None
    if due != was or (due and before and before.listed != after.listed):
        store.list_due(work, after.ticket_id, due, after.listed)


def due(
    *, before: datetime | None, where: dict[str, str | None], limit: int, after: str | None
) -> tuple[list[str], str | None]:
    """A page of ids of tickets by when something is due on them, the earliest first: one call."""
    return store.due(before=before, where=where, limit=limit, after=after)


def forget(work: Work, ticket_id: str) -> None:
    """Take a ticket out of the list of what is due."""
    work.delete(store.due_key(ticket_id))
