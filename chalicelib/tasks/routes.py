"""Follow-ups over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.access.model import StaffId
from chalicelib.customers.model import CustomerId
from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.model import Utc
from chalicelib.kernel.work import Work
from chalicelib.support.states import TicketId
from chalicelib.tasks import service as tasks
from chalicelib.tasks.model import NewTask, State, Task, TaskId, TaskPatch

routes = Routes("Tasks", __name__)


class TicketTaskQuery(PageParameters):
    state: State | Literal["all"] = "open"


class TaskQuery(TicketTaskQuery):
    owner: StaffId | None = None
    customer_id: CustomerId | None = None
    ticket_id: TicketId | None = None
    due_from: Utc | None = None
    due_to: Annotated[Utc | None, Field(description="Exclusive.")] = None


@routes.post("/v1/tasks", scope="tasks:write", status=201, location="/v1/tasks/{id}")
def add_task(body: NewTask, work: Work) -> Task:
    """Add a follow-up on a customer, or on a ticket, whose customer's it is then.

    At `remind_at` its owner gets a mail, unless it is done.
    """
    return tasks.add(work, body)


@routes.get("/v1/tasks", scope="tasks:read")
def list_tasks(query: TaskQuery) -> Page[Task]:
    """List follow-ups by due time, earliest first: the open ones unless `state` says else. Lags a moment."""
    data, position = tasks.by_due(
        state=None if query.state == "all" else query.state,
        owner=query.owner,
        customer_id=query.customer_id,
        ticket_id=query.ticket_id,
        due_from=query.due_from,
        due_to=query.due_to,
        limit=query.limit,
        after=query.cursor,
    )
    return Page(data=data, next_cursor=position)


@routes.get("/v1/tickets/{ticket_id}/tasks", scope="tasks:read")
def list_tasks_of_ticket(ticket_id: TicketId, query: TicketTaskQuery) -> Page[Task]:
    """List follow-ups on a ticket, and on what was merged into it, by due time. Lags a moment."""
    data, position = tasks.by_due(
        state=None if query.state == "all" else query.state,
        ticket_id=ticket_id,
        limit=query.limit,
        after=query.cursor,
    )
    return Page(data=data, next_cursor=position)


@routes.get("/v1/tasks/{task_id}", scope="tasks:read")
def read_task(task_id: TaskId) -> Task:
    """Read a follow-up."""
    return tasks.get(task_id)


@routes.patch("/v1/tasks/{task_id}", scope="tasks:write")
def change_task(task_id: TaskId, body: TaskPatch, work: Work) -> Task:
    """Change a follow-up, by JSON Merge Patch: a later `remind_at` snoozes it, `state` ends it."""
    return tasks.change(work, task_id, body)


@routes.delete("/v1/tasks/{task_id}", scope="tasks:write")
def delete_task(task_id: TaskId, work: Work) -> None:
    """Delete a follow-up that was a mistake; one that is done with is better set `done` or `cancelled`."""
    tasks.delete(work, task_id)
