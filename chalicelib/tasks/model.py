"""A follow-up: what somebody is to do for a customer, by when, and when they want to be reminded."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field

from chalicelib.access.model import StaffId
from chalicelib.customers.model import CustomerId
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.model import Line, Model, Stored, Text, Utc
from chalicelib.support.states import TicketId

TaskId = Annotated[str, ids.id_of("tsk")]
State = Literal["open", "done", "cancelled"]
STATES: tuple[State, ...] = ("open", "done", "cancelled")

MAX_REMINDERS = 20
"""Mails that a task sends in its life."""
LONGEST_WAIT = timedelta(days=3653)
Title = Annotated[str, Line(200)]
Note = Annotated[str, Text(4000)]
Reminder = Annotated[
    Utc | None, Field(description="When the owner gets a mail about it, unless it is done by then.")
]


class NewTask(Model):
    """A follow-up to add, on a customer, or on a ticket and its customer.

    Without `owner` it is for whoever the caller acts for.
    """

    customer_id: CustomerId | None = None
    ticket_id: TicketId | None = None
    title: Title
    note: Note | None = None
    owner: StaffId | None = None
    due_at: Utc
    remind_at: Reminder = None


class TaskPatch(Model):
    """A JSON Merge Patch; a later `remind_at` snoozes the reminder, null takes it away."""

    title: Title = ""
    note: Note | None = None
    owner: StaffId = ""
    due_at: Utc | None = None
    remind_at: Reminder = None
    state: State = "open"


class Task(Stored):
    """A follow-up. `reminded_at` is when the latest reminder went out; then `remind_at` is empty again."""

    id: TaskId
    version: int
    customer_id: str
    ticket_id: str | None = None
    title: str
    note: str | None = None
    owner: str
    due_at: Utc
    remind_at: Utc | None = None
    reminded_at: Utc | None = None
    reminders: Annotated[list[str], Field(description="The mails that reminded of it.")] = []
    state: State = "open"
    done_at: Utc | None = None
    created_at: Utc
    updated_at: Utc

    def patched(self, given: dict[str, object], *, at: Utc) -> Self:
        """The task after a change, one version on; itself when nothing changes. Raises Invalid, Conflict."""
        changed = {name: value for name, value in given.items() if getattr(self, name) != value}
        if not changed:
            return self
        if "due_at" in changed and changed["due_at"] is None:
            raise Invalid.in_body("due_at", "a task needs a due time", "missing")
        check_reminder(changed.get("remind_at"), at)
        if changed.get("remind_at") and len(self.reminders) >= MAX_REMINDERS:
            raise Conflict(f"A task sends {MAX_REMINDERS} reminders at most.", code="too_many_reminders")
        if "state" in changed:
            changed["done_at"] = at if changed["state"] == "done" else None
        return self.model_copy(update=changed | {"version": self.version + 1, "updated_at": at})

    def is_to_be_reminded(self, at: Utc) -> bool:
        return self.state == "open" and self.remind_at is not None and self.remind_at <= at


def check_reminder(remind_at: object, at: Utc) -> None:
    """Raise Invalid for a reminder in the past, or further away than a timer can be set."""
    if isinstance(remind_at, type(at)) and not at < remind_at <= at + LONGEST_WAIT:
        raise Invalid.in_body("remind_at", "must lie in the next ten years", "out_of_range")


def opened(new: NewTask, *, owner: str, customer_id: str, at: Utc) -> Task:
    """A task that begins now. Raises Invalid."""
    check_reminder(new.remind_at, at)
    fields = new.model_dump() | {"owner": owner, "customer_id": customer_id}
    return Task(id=ids.new_id("tsk", at), version=1, created_at=at, updated_at=at, **fields)
