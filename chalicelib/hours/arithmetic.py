"""Reckoning in business time: pure, exact, and right when clocks are put forward or back.

Business time is time that really passes while a calendar is open: a night shift is an hour shorter when
clocks go forward. Its unit is whatever a timedelta says; nothing is rounded. The work grows with the days
between, never with the minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from chalicelib.hours.model import DAY, Calendar

HORIZON = timedelta(days=1100)
"""How far ahead an opening is looked for: what is not open by then counts as never open."""

_ONE_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether the calendar is open at this moment; it is when it opens, and is not when it closes."""
    return any(begin == at for begin, _ in _spans(calendar, at, at + _SECOND))


def add(calendar: Calendar, at: datetime, time: timedelta) -> datetime | None:
    """The first moment when this much business time has passed since `at`; `at` itself for none.

    None when that lies over 1,100 days ahead, as it does with a calendar that is never open.
    """
    if time <= timedelta():
        return at
    for begin, end in _spans(calendar, at, at + HORIZON):
        if end - begin >= time:
            return begin + time
        time -= end - begin
    return None


def between(calendar: Calendar, begin: datetime, end: datetime) -> timedelta:
    """The business time from `begin` to `end`; none when `end` is not later."""
    return sum((closes - opens for opens, closes in _spans(calendar, begin, end)), timedelta())


def _spans(calendar: Calendar, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The parts of this time in which it is open: in order, apart, not empty, in UTC."""
    zone = ZoneInfo(calendar.time_zone)
    day = since.astimezone(zone).date() - _ONE_DAY  # a night that began the day before
    last = until.astimezone(zone).date()
    reached = since
    while day <= last:
        for interval in calendar.intervals(day):
            begin = max(reached, _moment(day, interval.begin, zone))
            end = min(until, _moment(day, interval.end, zone))
            if begin < end:
                yield begin, end
                reached = end
        day += _ONE_DAY


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The first moment when clocks there show this time, or a later one where they skip it.

    So the order of times on the wall is kept, whatever is done to the clocks.
    """
    days, minute = divmod(minute, DAY)
    wall = datetime(day.year, day.month, day.day, minute // 60, minute % 60) + days * _ONE_DAY  # noqa: DTZ001 - a wall clock's time
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    # Skipped (PEP 495): read with the offset after the change it is before it, with the other one after it.
    before, after = wall.replace(tzinfo=zone, fold=1).astimezone(UTC), moment
    while after - before > _SECOND:
        middle = before + (after - before) / 2
        shown = middle.astimezone(zone).replace(tzinfo=None)
        before, after = (before, middle) if shown >= wall else (middle, after)
    return after.replace(microsecond=0)
