"""Reckoning in business time: laws for any calendar, and real days on which clocks are changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chalicelib.hours.arithmetic import HORIZON, add, between, is_open
from chalicelib.hours.model import ALWAYS, WEEKDAYS, Calendar, Holiday, NewCalendar
from chalicelib.kernel.ids import EPOCH

MINUTE = timedelta(minutes=1)
OFFICE = {day: [("09:00", "12:30"), ("13:30", "17:00")] for day in WEEKDAYS[:5]}
NIGHTS = {day: [("22:00", "06:00")] for day in WEEKDAYS}
ZONES = [
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
    "Pacific/Apia", "America/Sao_Paulo", "Asia/Beirut", "Africa/Monrovia",
]  # fmt: skip
"""Among them half hours, clocks put forward at midnight, and a day that never was."""


def made(week: dict[Any, Any], zone: str = "Europe/Berlin", holidays: list[Any] | None = None) -> Calendar:
    """A calendar from pairs of times."""
    hours = {day: [{"opens": a, "closes": b} for a, b in pairs] for day, pairs in week.items()}
    new = {"name": "Office", "time_zone": zone, "week": hours, "holidays": holidays or []}
    return Calendar.create(NewCalendar.model_validate(new, strict=False), at=EPOCH)


def local(text: str, zone: str = "Europe/Berlin", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("since", "minutes", "until"),
    [
        ("2026-11-25 09:00", 60, "2026-11-25 10:00"),
        ("2026-11-25 12:00", 60, "2026-11-25 14:00"),  # over the break
        ("2026-11-25 03:00", 1, "2026-11-25 09:01"),  # before it opens
        ("2026-11-25 12:30", 1, "2026-11-25 13:31"),  # as the break begins
        ("2026-11-25 16:00", 60, "2026-11-25 17:00"),  # as it closes
        ("2026-11-27 16:30", 60, "2026-11-30 09:30"),  # over a weekend
        ("2026-11-25 09:00", 7 * 60 * 5, "2026-12-01 17:00"),  # a week of work
        ("2026-11-25 08:00", 0, "2026-11-25 08:00"),  # nothing waits for nothing
    ],
)
def test_business_time_passes_while_it_is_open(since: str, minutes: int, until: str) -> None:
    office = made(OFFICE)
    assert add(office, local(since), minutes * MINUTE) == local(until)
    assert between(office, local(since), local(until)) == minutes * MINUTE


def test_open_when_it_opens_and_closed_when_it_closes() -> None:
    office = made(OFFICE)
    known = {"09:00": True, "12:29": True, "12:30": False, "13:30": True, "17:00": False, "08:59": False}
    assert {at: is_open(office, local(f"2026-11-25 {at}")) for at in known} == known
    assert not is_open(office, local("2026-11-28 10:00"))


def test_holidays_close_or_have_hours_of_their_own() -> None:
    holidays = [
        {"name": "Christmas Eve", "first": "2026-12-24", "hours": [{"opens": "09:00", "closes": "12:00"}]},
        {"name": "Christmas", "first": "2020-12-24", "last": "2020-12-26", "yearly": True},
        {"name": "Works holiday", "first": "2026-12-28", "last": "2027-01-03"},
    ]
    office = made(OFFICE, holidays=holidays)
    assert is_open(office, local("2026-12-24 10:00")), "the first of two counts"
    assert not is_open(office, local("2026-12-24 14:00"))
    assert not is_open(office, local("2026-12-25 10:00"))
    assert add(office, local("2026-12-24 11:00"), 90 * MINUTE) == local("2027-01-04 09:30")
    assert not is_open(office, local("2027-12-24 10:00")), "only the yearly one is left"
    assert is_open(office, local("2027-12-28 10:00"))


def test_a_yearly_holiday_over_new_year_and_one_on_a_leap_day() -> None:
    over = Holiday(name="New Year", first=date(2026, 12, 30), last=date(2027, 1, 2), yearly=True)
    days = {
        date(2030, 12, 29): False,
        date(2030, 12, 30): True,
        date(2031, 1, 2): True,
        date(2031, 1, 3): False,
    }
    assert {day: over.has(day) for day in days} == days
    leap = Holiday(name="Leap day", first=date(2024, 2, 29), yearly=True)
    assert [leap.has(date(2028, 2, 29)), leap.has(date(2027, 3, 1)), leap.has(date(2027, 2, 28))] == [
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("zone", "evening", "hours"),
    [
        ("Europe/Berlin", "2026-03-28 22:00", 7),  # forward at 02:00
        ("Europe/Berlin", "2026-10-24 22:00", 9),  # back at 03:00
        ("America/New_York", "2026-03-07 22:00", 7),
        ("America/New_York", "2026-10-31 22:00", 9),
        ("America/New_York", "2026-11-25 22:00", 8),
        ("Australia/Lord_Howe", "2026-04-04 22:00", 8.5),  # back by half an hour
        ("Asia/Beirut", "2026-03-28 22:00", 7),  # forward at midnight
        ("Pacific/Apia", "2011-12-29 22:00", 8),  # the 30th never was
    ],
)
def test_a_night_shift_is_as_long_as_it_really_is(zone: str, evening: str, hours: float) -> None:
    nights = made(NIGHTS, zone)
    begun = local(evening, zone)
    ended = add(nights, begun, timedelta(hours=hours))
    assert ended is not None
    assert between(nights, begun, begun + timedelta(hours=12)) == timedelta(hours=hours)
    assert not is_open(nights, ended)
    assert is_open(nights, ended - MINUTE)


def test_times_that_clocks_skip_or_show_twice() -> None:
    early = made({"sunday": [("00:00", "02:30"), ("02:30", "04:00")]})
    midnight = local("2026-03-29 00:00")
    assert between(early, midnight, midnight + timedelta(hours=6)) == timedelta(hours=3), "02:30 was skipped"
    assert is_open(early, local("2026-03-29 01:59"))
    assert is_open(early, local("2026-03-29 03:00"))
    gone = made({"sunday": [("02:15", "02:45")]})
    assert between(gone, midnight, midnight + timedelta(hours=6)) == timedelta(), "nothing was left of it"
    twice = made({"sunday": [("02:30", "04:00")]})
    begins = local("2026-10-25 00:00")
    assert between(twice, begins, begins + timedelta(hours=7)) == timedelta(hours=2.5), "from the first 02:30"


def test_never_open_ends() -> None:
    assert add(made({}), local("2026-11-25 09:00"), MINUTE) is None
    many = [{"name": str(n), "first": f"20{n // 12 + 10}-{n % 12 + 1:02}-01"} for n in range(400)]
    assert add(made({}, holidays=many), local("2026-11-25 09:00"), MINUTE) is None
    once = [{"name": "Fair", "first": "2028-05-01", "hours": [{"opens": "09:00", "closes": "10:00"}]}]
    fair = made({}, holidays=once)
    assert add(fair, local("2026-11-25 09:00"), 60 * MINUTE) == local("2028-05-01 10:00")
    assert add(fair, local("2026-11-25 09:00"), 61 * MINUTE) is None


def test_around_the_clock_is_plain_time() -> None:
    at = datetime(2026, 3, 28, 23, 30, 12, 345000, tzinfo=UTC)
    assert add(ALWAYS, at, timedelta(days=90)) == at + timedelta(days=90)
    assert is_open(ALWAYS, at)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Any calendar, with nights and breaks and holidays around the changes of the clocks."""
    week: dict[Any, Any] = {}
    for day in WEEKDAYS:
        cuts = sorted(draw(st.lists(st.integers(0, 1440), unique=True, max_size=6)))
        pairs = list(zip(cuts[::2], cuts[1::2], strict=False))
        week[day] = [(clock(a), clock(b)) for a, b in pairs]
    if draw(st.booleans()):
        week["saturday"], week["sunday"] = [("18:15", "03:45")], []
    days = draw(st.lists(st.dates(date(2026, 3, 1), date(2026, 4, 10)), max_size=3))
    holidays: list[Any] = [{"name": "H", "first": str(day), "yearly": draw(st.booleans())} for day in days]
    if holidays:
        holidays[0]["hours"] = [{"opens": "20:00", "closes": "10:00"}]
    return made(week, draw(st.sampled_from(ZONES)), holidays)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


moments = st.timedeltas(timedelta(), timedelta(days=45)).map(
    lambda later: datetime(2026, 3, 1, tzinfo=UTC) + later
)
times = st.timedeltas(timedelta(), timedelta(days=20))


@given(calendars(), moments, times)
def test_what_was_added_lies_between(calendar: Calendar, at: datetime, time: timedelta) -> None:
    due = add(calendar, at, time)
    assume(due is not None)
    assert due is not None
    assert at <= due <= at + HORIZON
    assert between(calendar, at, due) == time
    if time:
        assert between(calendar, at, due - timedelta(microseconds=1)) < time, "the first such moment"


@given(calendars(), moments, times, times)
def test_adding_in_two_steps_is_adding_at_once(
    calendar: Calendar, at: datetime, one: timedelta, other: timedelta
) -> None:
    middle = add(calendar, at, one)
    assume(middle is not None)
    assert middle is not None
    total = add(calendar, at, one + other)
    if total is not None and other:
        assert add(calendar, middle, other) == total


@given(calendars(), st.lists(moments, min_size=3, max_size=3))
def test_time_between_adds_up_and_is_no_longer_than_real_time(
    calendar: Calendar, three: list[datetime]
) -> None:
    a, b, c = sorted(three)
    assert between(calendar, a, b) + between(calendar, b, c) == between(calendar, a, c)
    assert timedelta() <= between(calendar, a, c) <= c - a
    assert between(calendar, c, a) == timedelta()


@given(calendars(), moments, times, times)
def test_later_begun_is_not_earlier_due(
    calendar: Calendar, at: datetime, wait: timedelta, time: timedelta
) -> None:
    due, later = add(calendar, at, time), add(calendar, at + wait, time)
    if due is not None and later is not None:
        assert due <= later


@settings(max_examples=30)
@given(calendars(), st.dates(date(2026, 3, 1), date(2026, 4, 8)), st.integers(0, 1439))
def test_it_is_what_counting_minutes_gives(calendar: Calendar, day: date, offset: int) -> None:
    """Against the slow way: two days minute by minute, each asked of the wall clock alone."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC) + offset * MINUTE
    minutes = [begin + number * MINUTE for number in range(2 * 1440)]
    opened = [is_open(calendar, at) for at in minutes]
    assert between(calendar, begin, begin + timedelta(days=2)) == sum(opened) * MINUTE
    zone = ZoneInfo(calendar.time_zone)
    for at, found in zip(minutes, opened, strict=True):
        wall = at.astimezone(zone).replace(tzinfo=None)
        if _settled(at, zone):
            assert found == _on_the_wall(calendar, wall), wall


def _settled(at: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks are not changed within a day and a half, so that the wall alone tells."""
    offsets = {(at + timedelta(hours=hours)).astimezone(zone).utcoffset() for hours in (-36, 0, 36)}
    return len(offsets) == 1


def _on_the_wall(calendar: Calendar, wall: datetime) -> bool:
    minute = wall.hour * 60 + wall.minute
    today = any(one.begin <= minute < one.end for one in calendar.intervals(wall.date()))
    yesterday = calendar.intervals(wall.date() - timedelta(1))
    return today or any(one.begin <= minute + 1440 < one.end for one in yesterday)
