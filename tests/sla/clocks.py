"""A ticket's clocks as tests move them: steps at times of a wall clock, and what is then promised."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.hours.model import Calendar, NewCalendar
from chalicelib.kernel.ids import EPOCH
from chalicelib.sla.clock import Clock, Step, StoredSla, Terms, follow
from chalicelib.sla.model import NewPolicy, Policy

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
OFFICE = {
    day: [{"opens": "09:00", "closes": "12:30"}, {"opens": "13:30", "closes": "17:00"}] for day in WEEKDAYS
}
"""Seven hours a day, with a break."""


def calendar(zone: str = "Europe/Berlin", week: Any = None, holidays: Any = ()) -> Calendar:
    new = {"name": "Office", "time_zone": zone, "week": week or OFFICE, "holidays": list(holidays)}
    return Calendar.create(NewCalendar.model_validate(new, strict=False), at=EPOCH)


def policy(**more: Any) -> Policy:
    """Answers in an hour, again in two, solved in a day of seven hours; a warning when a quarter is left."""
    targets = {"first_response": 60, "next_response": 120, "resolution": 420}
    new = {"name": "All", "targets": {"normal": targets}, "warn_before": {"percent": 25}, **more}
    return Policy.create(NewPolicy.model_validate(new, strict=False), at=EPOCH)


@dataclass
class Ticket:
    """One ticket under a policy; `at` moves it on."""

    policy: Policy | None = field(default_factory=policy)
    calendar: Calendar = field(default_factory=calendar)
    status: str = "open"
    priority: str = "normal"
    answered_before: bool = False
    sla: StoredSla | None = None
    calendar_before: Calendar | None = None

    def utc(self, text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(self.calendar.time_zone)).astimezone(UTC)

    def at(self, text: str, status: str | None = None, **happened: bool) -> StoredSla:
        """What is promised once this has happened at this time of the calendar's wall clock."""
        self.move(self.utc(text), status, **happened)
        assert self.sla is not None
        return self.sla

    def move(self, moment: datetime, status: str | None = None, **happened: bool) -> None:
        self.status = status or self.status
        step = Step(status=self.status, answered_before=self.answered_before, **happened)
        terms = Terms.of(self.policy, self.priority, self.calendar)
        self.sla = follow(self.sla, step, terms, moment, self.calendar_before or self.calendar)
        self.answered_before |= happened.get("answered", False)
        self.calendar_before = self.calendar


def first(sla: StoredSla) -> Clock:
    assert sla.first_response is not None
    return sla.first_response


def following(sla: StoredSla) -> Clock:
    assert sla.next_response is not None
    return sla.next_response


def whole(sla: StoredSla) -> Clock:
    assert sla.resolution is not None
    return sla.resolution


def clocks(ticket: Ticket) -> list[Clock]:
    return list(ticket.sla.clocks().values()) if ticket.sla else []
