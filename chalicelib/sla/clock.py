"""The clocks of a ticket: when what was promised is due, pure and exact, whatever happens in which minute.

A clock runs while a ticket is open, and stands still while it waits, if the policy says so. What has run so
far is kept; when a clock runs again, its due time is reckoned anew from what is left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import Field

from chalicelib.hours import arithmetic
from chalicelib.hours.model import Calendar
from chalicelib.kernel.model import Stored, Utc
from chalicelib.sla.model import TARGETS, Policy, Target, WarnBefore

WAITING = frozenset({"pending", "on_hold"})
DONE = frozenset({"solved", "closed"})
MILLISECOND = timedelta(milliseconds=1)


class TargetTimes(Stored):
    """One thing that was promised: within how many business minutes, and what came of it."""

    minutes: int
    started_at: Utc
    due_at: Annotated[Utc | None, Field(description="Null while the clock stands still.")] = None
    warned_at: Utc | None = None
    breached_at: Annotated[Utc | None, Field(description="When it was due, if it was not done by then.")] = (
        None
    )
    met_at: Annotated[Utc | None, Field(description="When it was done, in time or not.")] = None
    breached: bool = False


class Clock(TargetTimes):
    """Has run `used_ms` of business time, and runs on since `since`, if it runs."""

    used_ms: int = 0
    since: Utc | None = None
    warn_at: Utc | None = None

    def run_until(self, at: datetime, calendar: Calendar) -> int:
        """The business time that it has run by then, in milliseconds."""
        if self.since is None:
            return self.used_ms
        return self.used_ms + arithmetic.between(calendar, self.since, at) // MILLISECOND

    def but(self, **changed: Any) -> Self:
        return self.model_copy(update=changed)

    def checked(self, at: datetime) -> Self:
        """Breached, once its due time is there and it is not met."""
        if self.met_at or self.breached or self.due_at is None or at < self.due_at:
            return self
        return self.but(breached=True, breached_at=self.due_at)

    def warned(self, at: datetime) -> Self:
        """Warned, once that time is there and it is neither met nor breached."""
        if self.met_at or self.breached or self.warned_at or self.warn_at is None or at < self.warn_at:
            return self
        return self.but(warned_at=self.warn_at)

    def stopped(self, at: datetime, calendar: Calendar) -> Self:
        """Standing still. What is breached keeps the time when it was due."""
        used = self.run_until(at, calendar)
        return self.but(used_ms=used, since=None, warn_at=None, due_at=self.due_at if self.breached else None)

    def met(self, at: datetime, calendar: Calendar) -> Self:
        return self.but(used_ms=self.run_until(at, calendar), since=None, warn_at=None, met_at=at)

    def running(self, at: datetime, calendar: Calendar, warn_before: WarnBefore | None) -> Self:
        """Running from now on, with what is left of its minutes."""
        if self.breached:
            return self.but(since=at)
        warn_after = warn_before.of(self.minutes) if warn_before else None
        warn_at = self._reached(warn_after, at, calendar) if warn_after and not self.warned_at else None
        return self.but(since=at, due_at=self._reached(self.minutes, at, calendar), warn_at=warn_at)

    def _reached(self, minutes: float, at: datetime, calendar: Calendar) -> datetime | None:
        left = timedelta(minutes=minutes) - self.used_ms * MILLISECOND
        found = arithmetic.add(calendar, at, left)
        return found.replace(microsecond=found.microsecond // 1000 * 1000) if found else None


class TicketSla(Stored):
    """What a ticket is promised. `paused`: a clock stands still while others are waited for."""

    policy_id: str
    paused: bool = False
    first_response: TargetTimes | None = None
    next_response: TargetTimes | None = None
    resolution: TargetTimes | None = None


class StoredSla(TicketSla):
    """The same with the clocks, and what they were set by: calendar, customer's stage; and the next timer.

    `answers` counts those of the staff; `reopened`: it was solved before.
    """

    first_response: Clock | None = None
    next_response: Clock | None = None
    resolution: Clock | None = None
    calendar_id: str | None = None
    stage: str | None = None
    wake_at: Utc | None = None
    answers: int = 0
    reopened: bool = False

    def clocks(self) -> dict[Target, Clock]:
        found: dict[Target, Clock | None] = {
            "first_response": self.first_response,
            "next_response": self.next_response,
            "resolution": self.resolution,
        }
        return {name: clock for name, clock in found.items() if clock is not None}

    @property
    def next_due(self) -> datetime | None:
        """The earliest time by which something that is not done is or was due; None when nothing runs."""
        running = (clock for clock in self.clocks().values() if clock.since and not clock.met_at)
        return min((clock.due_at for clock in running if clock.due_at), default=None)

    @property
    def next_wake(self) -> datetime | None:
        """When to look next: at a warning or a breach to come."""
        times = []
        for clock in self.clocks().values():
            if clock.since and not clock.met_at and not clock.breached:
                times += [clock.due_at, None if clock.warned_at else clock.warn_at]
        return min((time for time in times if time), default=None)


@dataclass(frozen=True)
class Terms:
    """What holds for a ticket now: its policy's promises at its priority, and the calendar they count by."""

    policy_id: str | None
    calendar_id: str | None
    calendar: Calendar
    minutes: Mapping[Target, int]
    warn_before: WarnBefore | None
    pauses: frozenset[Target]

    @classmethod
    def of(cls, policy: Policy | None, priority: str, calendar: Calendar) -> Self:
        """Without a policy nothing is promised."""
        if policy is None:
            return cls(None, None, calendar, {}, None, frozenset(TARGETS))
        promised = {str(name): targets for name, targets in policy.targets.items()}.get(priority)
        given = {name: getattr(promised, name, None) for name in TARGETS}
        minutes = {name: value for name, value in given.items() if value is not None}
        pauses = frozenset(policy.pauses)
        return cls(policy.id, policy.calendar_id, calendar, minutes, policy.warn_before, pauses)


@dataclass(frozen=True)
class Step:
    """What happened to a ticket: its status now; whether staff answered, or the customer wrote."""

    status: str
    answered: bool = False
    asked: bool = False
    answered_before: bool = False


def follow(
    before: StoredSla | None, step: Step, terms: Terms, at: datetime, old_calendar: Calendar
) -> StoredSla | None:
    """The clocks after a step at this time; the same ones when nothing is to be noted.

    `old_calendar` is the one that they ran by until now.
    """
    known = before.clocks() if before else {}
    clocks: dict[Target, Clock] = {}
    for name in TARGETS:
        clock = known.get(name)
        clock = _done(name, clock.checked(at), step, at, old_calendar) if clock else None
        clock = _promised(name, clock, step, terms, at, old_calendar)
        if clock is not None and clock.met_at is None:
            moved = before is not None and before.calendar_id != terms.calendar_id
            clock = _set(name, clock, step, terms, at, old_calendar, moved=moved)
        if clock is not None:
            clocks[name] = clock
    policy_id = terms.policy_id or (before.policy_id if before else None)
    if policy_id is None or (terms.policy_id is None and not clocks):
        return None
    return StoredSla(
        policy_id=policy_id,
        calendar_id=terms.calendar_id,
        paused=step.status in WAITING and any(_stands(clock) for clock in clocks.values()),
        answers=(before.answers if before else 0) + step.answered,
        first_response=clocks.get("first_response"),
        next_response=clocks.get("next_response"),
        resolution=clocks.get("resolution"),
    )


def _stands(clock: Clock) -> bool:
    return clock.since is None and clock.met_at is None


def _done(name: Target, clock: Clock, step: Step, at: datetime, calendar: Calendar) -> Clock:
    """Met by an answer or a solution; a solution that is taken back is still to come."""
    if clock.met_at is None:
        done = step.status in DONE if name == "resolution" else step.answered
        return clock.met(at, calendar) if done else clock
    reopened = name == "resolution" and step.status not in DONE
    return clock.but(met_at=None, due_at=clock.breached_at) if reopened else clock


def _promised(
    name: Target, clock: Clock | None, step: Step, terms: Terms, at: datetime, calendar: Calendar
) -> Clock | None:
    """The clock by what is promised now: begun, with other minutes, or gone. What is breached stays."""
    minutes = terms.minutes.get(name)
    if clock is None or (clock.met_at and _begins(name, step)):
        begins = minutes is not None and _begins(name, step)
        return Clock(minutes=minutes or 0, started_at=at) if begins else clock
    if clock.met_at or clock.breached or clock.minutes == minutes:
        return clock
    return clock.stopped(at, calendar).but(minutes=minutes, warned_at=None) if minutes else None


def _begins(name: Target, step: Step) -> bool:
    """Whether this clock begins with a step, if there is none or the one before was met."""
    match name:
        case "first_response":
            return not step.answered_before and not step.answered
        case "next_response":
            return step.asked and step.answered_before and not step.answered
        case _:
            return step.status not in DONE


def _set(
    name: Target, clock: Clock, step: Step, terms: Terms, at: datetime, calendar: Calendar, *, moved: bool
) -> Clock:
    """Running or standing still, as the ticket's status wants it; warned if it is time."""
    runs = step.status == "open" or (step.status in WAITING and name not in terms.pauses)
    if clock.since and (moved or not runs):
        clock = clock.stopped(at, calendar)
    if runs and clock.since is None:
        clock = clock.running(at, terms.calendar, terms.warn_before)
    return clock.checked(at).warned(at)
