"""Calendars of business hours over HTTP."""

from __future__ import annotations

from chalicelib.hours import service as hours
from chalicelib.hours.model import Calendar, CalendarId, CalendarPatch, NewCalendar
from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work

routes = Routes("Business hours", __name__)


@routes.post("/v1/calendars", scope="calendars:write", status=201, location="/v1/calendars/{id}")
def create_calendar(body: NewCalendar, work: Work) -> Calendar:
    """Add a calendar of business hours: a week with breaks, holidays, a time zone. 50 at most.

    The `default` one is used wherever none is named; without one, every hour is a business hour.
    """
    return hours.create(work, body)


@routes.get("/v1/calendars", scope="calendars:read")
def list_calendars(query: PageParameters) -> Page[Calendar]:
    """List the calendars, oldest first."""
    data, position = hours.page(limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.get("/v1/calendars/{calendar_id}", scope="calendars:read")
def read_calendar(calendar_id: CalendarId) -> Calendar:
    """Read a calendar."""
    return hours.get(calendar_id)


@routes.patch("/v1/calendars/{calendar_id}", scope="calendars:write")
def change_calendar(calendar_id: CalendarId, body: CalendarPatch, work: Work) -> Calendar:
    """Change a calendar, by JSON Merge Patch: `week` and `holidays` are replaced as a whole.

    It holds everywhere within half a minute, for what is reckoned from then on.
    """
    return hours.change(work, calendar_id, body)


@routes.delete("/v1/calendars/{calendar_id}", scope="calendars:write")
def delete_calendar(calendar_id: CalendarId, work: Work) -> None:
    """Delete a calendar. Whatever names it goes by the default one from then on."""
    hours.delete(work, calendar_id)
