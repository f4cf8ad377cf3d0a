"""The items of calendars: all in one partition, and which of them is the default."""

from __future__ import annotations

from boto3.dynamodb.conditions import Attr

from chalicelib.hours.model import Calendar
from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import NotFound, RapportError, Stale
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work

_PARTITION = "CALENDARS"
_DEFAULT = Key(_PARTITION, "DEFAULT")
"""Names the default calendar, so that two who name another one at once do not both succeed."""
_OVERTAKEN = Stale("Somebody else changed this meanwhile.")


def _key(calendar_id: str) -> Key:
    return Key(_PARTITION, f"CAL#{calendar_id}")


def _item(calendar: Calendar) -> Item:
    return {**_key(calendar.id)._asdict(), **calendar.model_dump(mode="json", exclude_defaults=True)}


def _calendar(item: Item) -> Calendar:
    return Calendar.model_validate(item, strict=False)


def add(work: Work, calendar: Calendar) -> None:
    work.put(_item(calendar), unless_exists=_OVERTAKEN)


def replace(work: Work, calendar: Calendar) -> None:
    """Write the next version. Fails with Stale."""
    work.replace(_item(calendar), version=calendar.version - 1)


def remove(work: Work, calendar: Calendar) -> None:
    """Fails with Stale."""
    work.delete(_key(calendar.id), when=Attr("version").eq(calendar.version), failure=_OVERTAKEN)


def point_to(work: Work, calendar: Calendar, *, instead_of: Calendar | None) -> None:
    """Name the default. Fails with Stale when somebody else did meanwhile."""
    before = Attr("calendar_id").eq(instead_of.id) if instead_of else None
    item = {**_DEFAULT._asdict(), "calendar_id": calendar.id}
    work.put(item, unless_exists=_OVERTAKEN, or_when=before)


def point_nowhere(work: Work, calendar: Calendar) -> None:
    """Have no default any more, where it was this one. Fails with Stale."""
    work.delete(_DEFAULT, when=Attr("calendar_id").eq(calendar.id), failure=_OVERTAKEN)


def get(calendar_id: str) -> Calendar:
    """Raises NotFound."""
    item = table.get(_key(calendar_id))
    if item is None:
        raise no_such_calendar()
    return _calendar(item)


def no_such_calendar() -> NotFound:
    return NotFound("There is no such calendar.", code="no_such_calendar")


def require(work: Work, calendar_id: str, failure: RapportError) -> None:
    """Commit only if the calendar exists."""
    work.require(_key(calendar_id), failure)


def every() -> list[Calendar]:
    """All calendars, oldest first: one call a megabyte."""
    query = Query.prefixed(_PARTITION, "CAL#", ascending=True, consistent=True)
    return [_calendar(item) for item in pages.every(query)]


def page(*, limit: int, after: str | None) -> tuple[list[Calendar], str | None]:
    """A page of the calendars, oldest first."""
    found = pages.page([Query.prefixed(_PARTITION, "CAL#", ascending=True)], limit=limit, after=after)
    return [_calendar(item) for item in found.items], found.after
