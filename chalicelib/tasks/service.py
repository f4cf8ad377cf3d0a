"""What staff can do with follow-ups. What a timer does to them: reminders.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib.access import service as access
from chalicelib.customers import service as customers
from chalicelib.kernel import patches
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.events import EventData
from chalicelib.kernel.model import Model, Utc
from chalicelib.kernel.work import Work
from chalicelib.mail import service as mail
from chalicelib.support import service as support
from chalicelib.tasks import store
from chalicelib.tasks.events import TaskChanged, TaskCreated, TaskDeleted, TaskDone, TaskScheduled
from chalicelib.tasks.model import STATES, NewTask, State, Task, TaskPatch, opened

ROOM = 80
"""Writes after which no further mail or task is erased in the same transaction."""
MOST_COUNTED = 100
"""Open tasks of a customer that a summary counts."""


def add(work: Work, new: NewTask) -> Task:
    """Add a follow-up. Raises Invalid, NotFound; fails with NotFound for an unknown customer."""
    owner = new.owner or work.principal.actor
    if owner is None:
        raise Invalid.in_body("owner", "name the member of staff whose task it is", "missing")
    task = opened(new, owner=owner, customer_id=_customer_of(work, new), at=work.now)
    access.require_staff(work, owner, "owner")
    customers.require(work, task.customer_id)
    store.add(work, task)
    record(work, task, TaskCreated(task_id=task.id, owner=task.owner))
    _schedule(work, task)
    return task


def _customer_of(work: Work, new: NewTask) -> str:
    """Whom a new follow-up is about: the customer it names, or its ticket's."""
    if new.ticket_id is None:
        if new.customer_id is None:
            raise Invalid.in_body("customer_id", "name a customer or a ticket", "missing")
        return new.customer_id
    support.require(work, new.ticket_id)
    customer_id = support.get(new.ticket_id).customer_id
    if customer_id is None:
        raise Invalid.in_body("ticket_id", "names a ticket of nobody we know", "no_customer")
    if new.customer_id not in (None, customer_id):
        raise Invalid.in_body("customer_id", "is not the ticket's", "not_the_tickets")
    return customer_id


def get(task_id: str) -> Task:
    """Raises NotFound."""
    return store.get(task_id)


def change(work: Work, task_id: str, patch: TaskPatch) -> Task:
    """Apply a merge patch. Raises NotFound, Stale, Invalid."""
    before = store.get(task_id)
    work.check_version(before.version)
    after = before.patched(patches.given(patch), at=work.now)
    if after is before:
        return before
    if after.owner != before.owner:
        access.require_staff(work, after.owner, "owner")
    store.replace(work, after)
    _record_change(work, before, after)
    if after.remind_at != before.remind_at or after.state != before.state:
        _schedule(work, after)
    return after


def _record_change(work: Work, before: Task, after: Task) -> None:
    if after.state == "done" and before.state != "done":
        record(work, after, TaskDone(task_id=after.id, task_version=after.version))
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    stamps = {"version", "updated_at", "done_at"}
    changed = sorted(name for name in new if new[name] != old[name] and name not in stamps)
    event = TaskChanged(task_id=after.id, task_version=after.version, changed=changed, state=after.state)
    record(work, after, event, {name: {"from": old[name], "to": new[name]} for name in changed})


def _schedule(work: Work, task: Task) -> None:
    """Ask for the timer of an open task's reminder; it is never cancelled, who is woken looks again."""
    if task.state == "open" and task.remind_at is not None:
        event = TaskScheduled(wake_id=task.id, wake_at=task.remind_at, task_id=task.id)
        record(work, task, event)


def record(work: Work, task: Task, event: EventData, changes: dict[str, Any] | None = None) -> None:
    """Record an event on the customer's timeline."""
    private = {"subject": task.title} | ({"changes": changes} if changes else {})
    partition = customers.partition(task.customer_id)
    work.record(partition, event, customer_id=task.customer_id, private=private)


def delete(work: Work, task_id: str) -> None:
    """Delete a follow-up. Raises NotFound, Stale."""
    task = store.get(task_id)
    work.check_version(task.version)
    store.remove(work, task)
    record(work, task, TaskDeleted(task_id=task.id))


def by_due(
    *,
    state: State | None,
    owner: str | None = None,
    customer_id: str | None = None,
    ticket_id: str | None = None,
    due_from: datetime | None = None,
    due_to: datetime | None = None,
    limit: int,
    after: str | None,
) -> tuple[list[Task], str | None]:
    """A page in the order of the due times; those of a customer include those of whom they were merged with.

    Those of a ticket and of what was merged into it are looked for among its customers'. Raises NotFound for
    a ticket that is not there, or a customer of whom there is nothing.
    """
    tickets = support.with_merged(ticket_id) if ticket_id else []
    of_tickets = sorted({one.customer_id for one in tickets if one.customer_id})
    if ticket_id and not of_tickets:
        return [], None
    tasks, position = store.by_due(
        states=(state,) if state else STATES,
        owner=owner,
        group=customers.group_of(customer_id) if customer_id else of_tickets,
        ticket_ids=[one.id for one in tickets],
        due_from=due_from,
        due_to=due_to,
        limit=limit,
        after=after,
    )
    if customer_id and not tasks and after is None and position is None:
        customers.get(customer_id)
    return tasks, position


class Summary(Model):
    """How many follow-ups are open, 100 at most, and when the next one is due."""

    open: int
    next_due_at: Utc | None


def summary_of(customer_id: str) -> Summary:
    """The open follow-ups of one id: one call."""
    tasks, _ = store.by_due(states=("open",), group=[customer_id], limit=MOST_COUNTED)
    return Summary(open=len(tasks), next_due_at=tasks[0].due_at if tasks else None)


def export_of(customer_id: str) -> Iterator[dict[str, Any]]:
    """Every follow-up on a customer; of those merged with them under their own ids."""
    after: str | None = None
    while True:
        tasks, after = store.by_due(states=STATES, group=[customer_id], limit=100, after=after)
        for task in tasks:
            yield {"kind": "task", **task.model_dump(mode="json")}
        if after is None:
            return


def erase(work: Work, customer_id: str) -> dict[str, int]:
    """Delete some follow-ups on a customer with the mails that reminded of them; how many of each.

    Nothing when there are none left. It adds 95 writes at most.
    """
    counts: Counter[str] = Counter()
    tasks, _ = store.by_due(states=STATES, group=[customer_id], limit=ROOM)
    for task in tasks:
        left = mail.forget_some(work, task.reminders, ROOM)
        counts["reminders"] += len(task.reminders) - len(left)
        if left:
            store.replace(work, task.model_copy(update={"reminders": left, "version": task.version + 1}))
            break
        store.remove(work, task)
        counts["tasks"] += 1
        if len(work.writes) >= ROOM:
            break
    return {name: number for name, number in counts.items() if number}
