"""A calendar of business hours: when a business is open in a week, and on which days it is not."""

import datetime
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from chalicelib.kernel import ids
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.model import Line, LocalTime, Model, Stored, TimeZone, Utc

CalendarId = Annotated[str, ids.id_of("cal")]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
)  # fmt: skip
DAY = 24 * 60
"""Minutes of a day as the clock on the wall shows it."""

MAX_HOLIDAYS = 400
MAX_BYTES = 28_000
"""Of a calendar as JSON without what goes without saying, so that its item stays under 32 KB."""
LONGEST_HOLIDAY = timedelta(days=92)


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


class Interval(Model):
    """A time of being open. What closes at or before it opens closes on the next day."""

    opens: LocalTime
    closes: Annotated[str, Field(pattern="^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", examples=["17:30"])]

    @property
    def begin(self) -> int:
        """In minutes of the day."""
        return _minutes(self.opens)

    @property
    def end(self) -> int:
        """In minutes of the day that it begins on; more than a day's when it ends on the next one."""
        end = _minutes(self.closes)
        return end if end > self.begin else end + DAY


def _apart(intervals: list[Interval]) -> list[Interval]:
    """The intervals of a day in their order; they must not overlap."""
    ordered = sorted(intervals, key=lambda one: one.begin)
    if any(one.end > later.begin for one, later in pairwise(ordered)):
        raise PydanticCustomError("overlap", "intervals must not overlap")
    return ordered


Intervals = Annotated[list[Interval], Field(max_length=10), AfterValidator(_apart)]
"""A day's times of being open, with the breaks between them; none: closed."""


def _week_apart(week: dict[Weekday, list[Interval]]) -> dict[Weekday, list[Interval]]:
    """Refuse a night that runs into the next morning's hours."""
    for place, day in enumerate(WEEKDAYS):
        last = max((one.end for one in week.get(day, [])), default=0)
        morning = week.get(WEEKDAYS[(place + 1) % 7], [])
        if morning and last - DAY > morning[0].begin:
            raise PydanticCustomError("overlap", "intervals must not overlap those of the next day")
    return {day: week[day] for day in WEEKDAYS if week.get(day)}


Week = Annotated[
    dict[Weekday, Intervals],
    AfterValidator(_week_apart),
    Field(
        description="The hours of each weekday; a day that is left out is closed.",
        examples=[{"monday": [{"opens": "09:00", "closes": "12:30"}, {"opens": "13:30", "closes": "17:00"}]}],
    ),
]


class Holiday(Model):
    """Days that differ from the week: closed, or open at `hours`. Inclusive, 92 days at most.

    One that is `yearly` comes on the same days of each year; on 29 February in leap years only.
    """

    name: Annotated[str, Line(60)]
    first: datetime.date
    last: Annotated[
        datetime.date | None, Field(description="The last day of several; else it is one day.")
    ] = None
    yearly: bool = False
    hours: Intervals = []

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not timedelta() <= self.end - self.first < LONGEST_HOLIDAY:
            raise PydanticCustomError(
                "bad_range", "must end on its first day or later, 92 days in all at most"
            )
        return self

    @property
    def end(self) -> datetime.date:
        return self.last or self.first

    def has(self, day: datetime.date) -> bool:
        """Whether the day is one of its days."""
        if not self.yearly:
            return self.first <= day <= self.end
        first, last, this = ((one.month, one.day) for one in (self.first, self.end, day))
        return first <= this <= last if first <= last else this >= first or this <= last


Holidays = Annotated[
    list[Holiday],
    Field(max_length=MAX_HOLIDAYS, description="Of two that have the same day the first one counts."),
]
Default = Annotated[
    bool,
    Field(description="Used wherever no calendar is named. There is one at most; this one takes its place."),
]


class NewCalendar(Model):
    name: Annotated[str, Line(100)]
    time_zone: TimeZone
    week: Week
    holidays: Holidays = []
    default: Default = False


class CalendarPatch(Model):
    """A JSON Merge Patch (RFC 7396); week and holidays are replaced as a whole."""

    name: Annotated[str, Line(100)] = ""
    time_zone: TimeZone = "UTC"
    week: Week = {}
    holidays: Holidays = []
    default: Default = False


class Calendar(Stored):
    """A calendar of business hours. An interval belongs to the day on which it begins."""

    id: CalendarId
    version: int
    name: str
    time_zone: TimeZone
    week: dict[Weekday, list[Interval]]
    holidays: list[Holiday] = []
    default: bool = False
    created_at: Utc
    updated_at: Utc

    @classmethod
    def create(cls, new: NewCalendar, *, at: Utc) -> Self:
        """Raises Invalid for one that is too long."""
        calendar = cls(id=ids.new_id("cal", at), version=1, created_at=at, updated_at=at, **_fields_of(new))
        calendar.check_size()
        return calendar

    def patched(self, given: dict[str, object], *, at: Utc) -> Self:
        """The calendar after a change, one version on; itself when nothing changes. Raises Invalid."""
        changed = {name: value for name, value in given.items() if getattr(self, name) != value}
        if not changed:
            return self
        after = self.model_copy(update=changed | {"version": self.version + 1, "updated_at": at})
        after.check_size()
        return after

    def check_size(self) -> None:
        if len(self.model_dump_json(exclude_defaults=True).encode()) > MAX_BYTES:
            raise Invalid.in_body("holidays", "a calendar has 28,000 bytes of JSON at most", "too_long")

    def intervals(self, day: datetime.date) -> Iterator[Interval]:
        """The times of being open that begin on this day, in order."""
        for holiday in self.holidays:
            if holiday.has(day):
                yield from holiday.hours
                return
        yield from self.week.get(WEEKDAYS[day.weekday()], [])


def _fields_of(new: NewCalendar) -> dict[str, Any]:
    """Its fields as they are, models and all."""
    return {name: getattr(new, name) for name in NewCalendar.model_fields}


ALWAYS = Calendar(
    id="cal_00000000000000000000000000",
    version=0,
    name="Around the clock",
    time_zone="UTC",
    week={day: [Interval(opens="00:00", closes="24:00")] for day in WEEKDAYS},
    created_at=ids.EPOCH,
    updated_at=ids.EPOCH,
)
"""What holds where no calendar is defined."""
