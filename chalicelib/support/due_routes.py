"""What is due on tickets, over HTTP. Policies and reports: sla/routes.py."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.access.model import StaffId, TeamId
from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.model import Utc
from chalicelib.support import promises
from chalicelib.support import service as support
from chalicelib.support.model import Ticket

routes = Routes("Service levels", __name__)


class DueQuery(PageParameters):
    team: TeamId | None = None
    assignee: StaffId | None = None
    before: Annotated[Utc | None, Field(description="Only what is due by then: now for what is overdue.")] = (
        None
    )


@routes.get("/v1/sla/due", scope="tickets:read")
def list_due_tickets(query: DueQuery) -> Page[Ticket]:
    """List tickets by when the next thing promised is due, the earliest first, and so what is overdue before.

    Tickets whose clocks stand still are not in it. Lags a moment.
    """
    data, position = promises.due(
        before=query.before, team=query.team, assignee=query.assignee, limit=query.limit, after=query.cursor
    )
    return Page(data=[support.shown(one) for one in data], next_cursor=position)
