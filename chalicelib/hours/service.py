"""What can be done with calendars, and what other features ask of them without a call, mostly."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from chalicelib.hours import arithmetic, store
from chalicelib.hours.events import CalendarChanged
from chalicelib.hours.model import ALWAYS, Calendar, CalendarPatch, NewCalendar
from chalicelib.kernel import patches
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.events import changes
from chalicelib.kernel.kept import Kept
from chalicelib.kernel.work import Work

MOST = 50
"""Calendars of a business. Two who add the last one at once may both succeed: it only bounds a list."""

_all: Kept[dict[str, Calendar]] = Kept(lambda: {one.id: one for one in store.every()})


def calendar(calendar_id: str | None) -> Calendar:
    """The calendar, as it was 30 seconds ago at most: no call while calendars are kept, else one.

    The default one for None, and for one that was deleted; without a default, around the clock.
    """
    known = _all.current()
    if calendar_id in known:
        return known[calendar_id]
    return _default_of(known.values()) or ALWAYS


def is_open(calendar_id: str | None, at: datetime) -> bool:
    """Whether a calendar, or for None the default one, is open; as `calendar` finds it."""
    return arithmetic.is_open(calendar(calendar_id), at)


def require(work: Work, calendar_id: str, field: str) -> None:
    """Commit only if the calendar exists; else Invalid names the field."""
    store.require(work, calendar_id, Invalid.in_body(field, "names no calendar", "unknown_calendar"))


def create(work: Work, new: NewCalendar) -> Calendar:
    """Add a calendar. Raises Invalid, Conflict `too_many_calendars`."""
    there = store.every()
    if len(there) >= MOST:
        raise Conflict(f"There are {MOST} calendars at most.", code="too_many_calendars")
    made = Calendar.create(new, at=work.now)
    store.add(work, made)
    if made.default:
        _take_over(work, made, there)
    _record(work, made, ["created"])
    return made


def change(work: Work, calendar_id: str, patch: CalendarPatch) -> Calendar:
    """Apply a merge patch. What was reckoned before stays. Raises NotFound, Stale, Invalid."""
    before = store.get(calendar_id)
    work.check_version(before.version)
    after = before.patched(patches.given(patch), at=work.now)
    if after is before:
        return before
    store.replace(work, after)
    if after.default and not before.default:
        _take_over(work, after, store.every())
    if before.default and not after.default:
        store.point_nowhere(work, before)
    _record_change(work, before, after)
    return after


def delete(work: Work, calendar_id: str) -> None:
    """Delete a calendar; whoever names it goes by the default one. Raises NotFound, Stale."""
    gone = store.get(calendar_id)
    work.check_version(gone.version)
    store.remove(work, gone)
    if gone.default:
        store.point_nowhere(work, gone)
    _record(work, gone, ["deleted"])


def get(calendar_id: str) -> Calendar:
    """Raises NotFound."""
    return store.get(calendar_id)


def page(*, limit: int, after: str | None) -> tuple[list[Calendar], str | None]:
    """A page of the calendars, oldest first."""
    return store.page(limit=limit, after=after)


def _default_of(calendars: Iterable[Calendar]) -> Calendar | None:
    return next((one for one in calendars if one.default), None)


def _take_over(work: Work, new: Calendar, there: list[Calendar]) -> None:
    """Make it the default instead of the one that is."""
    old = _default_of(there)
    store.point_to(work, new, instead_of=old)
    if old is not None:
        after = old.patched({"default": False}, at=work.now)
        store.replace(work, after)
        _record_change(work, old, after)


def _record_change(work: Work, before: Calendar, after: Calendar) -> None:
    changed = [name for name in CalendarPatch.model_fields if getattr(before, name) != getattr(after, name)]
    _record(work, after, changed, changes(before, after, changed))


def _record(work: Work, changed: Calendar, names: list[str], private: dict[str, Any] | None = None) -> None:
    event = CalendarChanged(calendar_id=changed.id, changed=names)
    work.record(f"CAL#{changed.id}", event, private=private)
    _all.forget()
