"""Saved views over HTTP."""

from __future__ import annotations

from chalicelib.access.model import StaffId, TeamId
from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work
from chalicelib.support import views
from chalicelib.support.model import Ticket
from chalicelib.support.views import Count, NewView, View, ViewId, ViewPatch

routes = Routes("Tickets", __name__)


class ViewQuery(PageParameters):
    owner: StaffId | None = None
    team: TeamId | None = None


@routes.post("/v1/views", scope="tickets:write", status=201, location="/v1/views/{id}")
def save_view(body: NewView, work: Work) -> View:
    """Save filters of tickets under a name, for a member of staff, a team, or everybody."""
    return views.add(work, body)


@routes.get("/v1/views", scope="tickets:read")
def list_views(query: ViewQuery) -> Page[View]:
    """List views, newest first: all, or a member's or a team's with those of everybody. Lags a moment."""
    data, position = views.newest(owner=query.owner, team=query.team, limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.get("/v1/views/{view_id}", scope="tickets:read")
def read_view(view_id: ViewId) -> View:
    """Read a view."""
    return views.get(view_id)


@routes.patch("/v1/views/{view_id}", scope="tickets:write")
def change_view(view_id: ViewId, body: ViewPatch, work: Work) -> View:
    """Change a view, by JSON Merge Patch; its filters are replaced whole."""
    return views.change(work, view_id, body)


@routes.delete("/v1/views/{view_id}", scope="tickets:write")
def delete_view(view_id: ViewId, work: Work) -> None:
    """Forget a view. The tickets stay."""
    views.delete(work, view_id)


@routes.get("/v1/views/{view_id}/tickets", scope="tickets:read")
def list_tickets_of_view(view_id: ViewId, query: PageParameters) -> Page[Ticket]:
    """List a view's tickets, in its order. A page may be short and still have a next."""
    data, position = views.tickets(view_id, limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.get("/v1/views/{view_id}/count", scope="tickets:read")
def count_tickets_of_view(view_id: ViewId) -> Count:
    """Count a view's tickets, up to 100."""
    return views.count(view_id)
