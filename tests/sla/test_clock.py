"""The clocks of a ticket: a day in the life of a help desk, and laws that hold whatever happens when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.hours.arithmetic import between, is_open
from chalicelib.hours.model import ALWAYS
from chalicelib.sla.clock import Clock, StoredSla
from tests.sla.clocks import Ticket, calendar, policy


def first(sla: StoredSla) -> Clock:
    assert sla.first_response is not None
    return sla.first_response


def following(sla: StoredSla) -> Clock:
    assert sla.next_response is not None
    return sla.next_response


def whole(sla: StoredSla) -> Clock:
    assert sla.resolution is not None
    return sla.resolution


def test_what_is_due_counts_business_time_alone() -> None:
    ticket = Ticket()
    sla = ticket.at("2026-11-27 16:30")  # a Friday
    assert first(sla).due_at == ticket.utc("2026-11-30 09:30")
    assert whole(sla).due_at == ticket.utc("2026-11-30 16:30"), "half an hour on Friday, the rest on Monday"
    assert sla.next_response is None
    assert sla.next_wake == ticket.utc("2026-11-30 09:15"), "when a quarter of the hour is left"


@pytest.mark.parametrize(
    ("zone", "opened", "due"),
    [
        ("Europe/Berlin", "2026-03-28 23:30", "2026-03-29 07:30"),  # forward: the wall shows an hour more
        ("Europe/Berlin", "2026-10-24 23:30", "2026-10-25 05:30"),  # back
        ("America/New_York", "2026-03-07 23:30", "2026-03-08 07:30"),
        ("America/New_York", "2026-10-31 23:30", "2026-11-01 05:30"),
        ("America/New_York", "2026-11-25 23:30", "2026-11-26 06:30"),
    ],
)
def test_a_night_on_which_clocks_are_changed(zone: str, opened: str, due: str) -> None:
    """Seven hours are seven hours, whatever the wall shows."""
    every_day = {day: [{"opens": "00:00", "closes": "24:00"}] for day in
                 ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")}  # fmt: skip
    ticket = Ticket(calendar=calendar(zone, every_day))
    assert whole(ticket.at(opened)).due_at == ticket.utc(due)


def test_an_answer_in_time_meets_the_first_response() -> None:
    ticket = Ticket()
    ticket.at("2026-11-25 09:00")
    sla = ticket.at("2026-11-25 09:59", answered=True)
    assert (first(sla).met_at, first(sla).breached) == (ticket.utc("2026-11-25 09:59"), False)
    assert sla.next_due == whole(sla).due_at


def test_an_answer_that_comes_late_finds_the_breach() -> None:
    ticket = Ticket()
    ticket.at("2026-11-25 09:00")
    sla = ticket.at("2026-11-25 10:00", answered=True)
    assert (first(sla).breached_at, first(sla).met_at) == (ticket.utc("2026-11-25 10:00"),) * 2
    assert first(sla).used_ms == 60 * 60_000


def test_warning_and_breach_come_at_their_minute_and_once() -> None:
    ticket = Ticket()
    begun = ticket.at("2026-11-25 09:00")
    assert ticket.at("2026-11-25 09:44") == begun, "nothing is due yet"
    warned = ticket.at("2026-11-25 09:45")
    assert (first(warned).warned_at, warned.next_wake) == (
        ticket.utc("2026-11-25 09:45"),
        first(begun).due_at,
    )
    assert ticket.at("2026-11-25 09:59") == warned
    breached = ticket.at("2026-11-25 10:00")
    assert (first(breached).breached_at, first(breached).due_at) == (first(begun).due_at,) * 2
    assert ticket.at("2026-11-25 11:00") == breached
    assert breached.next_due == first(begun).due_at, "it is still the first to be done"
    assert breached.next_wake == whole(begun).warn_at


def test_a_timer_that_comes_late_notes_the_breach_and_not_the_warning() -> None:
    ticket = Ticket()
    ticket.at("2026-11-25 09:00")
    sla = ticket.at("2026-11-25 12:00")
    assert (first(sla).breached_at, first(sla).warned_at) == (ticket.utc("2026-11-25 10:00"), None)


def test_the_example_of_the_documentation() -> None:
    """docs/sla.md tells the same, row by row."""
    ticket = Ticket(policy=policy(warn_before={"minutes": 15}))
    sla = ticket.at("2026-11-27 16:30")
    assert (first(sla).due_at, whole(sla).due_at) == (
        ticket.utc("2026-11-30 09:30"),
        ticket.utc("2026-11-30 16:30"),
    )
    assert first(ticket.at("2026-11-30 09:15")).warned_at == ticket.utc("2026-11-30 09:15")
    sla = ticket.at("2026-11-30 09:20", "pending", answered=True)
    assert (first(sla).breached, whole(sla).due_at, whole(sla).used_ms) == (False, None, 50 * 60_000)
    assert whole(ticket.at("2026-12-01 11:00", "open", asked=True)).due_at == ticket.utc("2026-12-02 10:10")
    assert whole(ticket.at("2026-12-02 10:10")).breached


@pytest.mark.parametrize("waiting", ["pending", "on_hold"])
def test_clocks_stand_still_while_others_are_waited_for(waiting: str) -> None:
    ticket = Ticket()
    ticket.at("2026-11-25 09:00")
    sla = ticket.at("2026-11-25 09:20", waiting)
    assert (sla.paused, sla.next_wake, sla.next_due) == (True, None, None)
    assert first(sla).due_at is None
    sla = ticket.at("2026-11-26 16:40", "open")
    assert not sla.paused
    assert first(sla).due_at == ticket.utc("2026-11-27 09:20"), "40 minutes were left"
    assert whole(sla).due_at == ticket.utc("2026-11-27 16:20"), "6 h 40 min were left"


def test_a_policy_may_pause_the_resolution_alone() -> None:
    ticket = Ticket(policy=policy(pauses=["resolution"]))
    ticket.at("2026-11-25 09:00")
    sla = ticket.at("2026-11-25 09:20", "pending")
    assert (sla.paused, whole(sla).due_at) == (True, None)
    assert first(sla).due_at == ticket.utc("2026-11-25 10:00")
    assert first(ticket.at("2026-11-25 10:00")).breached


def test_an_answer_that_also_waits_meets_and_pauses() -> None:
    ticket = Ticket()
    ticket.at("2026-11-25 09:00")
    sla = ticket.at("2026-11-25 09:30", "pending", answered=True)
    assert (first(sla).met_at is not None, whole(sla).due_at, sla.paused) == (True, None, True)


def test_the_next_response_counts_from_the_oldest_unanswered_mail() -> None:
    ticket = Ticket()
    ticket.at("2026-11-25 09:00")
    assert ticket.at("2026-11-25 09:10", asked=True).next_response is None, (
        "the first answer is still to come"
    )
    ticket.at("2026-11-25 09:30", "pending", answered=True)
    sla = ticket.at("2026-11-25 15:00", "open", asked=True)
    assert following(sla).due_at == ticket.utc("2026-11-25 17:00")
    assert following(ticket.at("2026-11-25 16:00", asked=True)) == following(sla)
    sla = ticket.at("2026-11-25 16:30", answered=True)
    assert following(sla).met_at == ticket.utc("2026-11-25 16:30")
    sla = ticket.at("2026-11-26 09:00", asked=True)
    assert (following(sla).met_at, following(sla).due_at) == (None, ticket.utc("2026-11-26 11:00"))


def test_solving_meets_the_resolution_and_reopening_takes_it_back() -> None:
    ticket = Ticket()
    ticket.at("2026-11-25 09:00", answered=True)
    sla = ticket.at("2026-11-25 11:00", "solved")
    assert (whole(sla).met_at, sla.next_wake) == (ticket.utc("2026-11-25 11:00"), None)
    assert whole(ticket.at("2026-11-25 16:00", "closed")) == whole(sla)
    sla = ticket.at("2026-12-01 09:00", "open", asked=True)
    assert (whole(sla).met_at, whole(sla).due_at) == (None, ticket.utc("2026-12-01 15:00")), (
        "2 of 7 h were used"
    )
    assert whole(ticket.at("2026-12-01 15:00")).breached
    assert whole(ticket.at("2026-12-02 09:00", "solved")).met_at
    sla = ticket.at("2026-12-03 09:00", "open")
    assert (whole(sla).breached, whole(sla).due_at) == (True, ticket.utc("2026-12-01 15:00"))


@pytest.mark.parametrize("status", ["solved", "closed", "spam"])
def test_nobody_is_to_answer_what_is_done_with(status: str) -> None:
    ticket = Ticket()
    ticket.at("2026-11-25 09:00")
    sla = ticket.at("2026-11-25 09:30", status)
    assert (sla.next_wake, sla.next_due, sla.paused) == (None, None, False)
    assert (first(sla).met_at, first(sla).due_at) == (None, None)
    assert first(ticket.at("2026-11-26 09:00", "open")).due_at == ticket.utc("2026-11-26 09:30")


def test_spam_that_was_none_begins_when_it_is_opened() -> None:
    ticket = Ticket(status="spam")
    assert ticket.at("2026-11-25 09:00").next_due is None
    assert first(ticket.at("2026-11-25 10:00", "open")).due_at == ticket.utc("2026-11-25 11:00")


def test_another_priority_brings_other_targets_and_keeps_what_was_used() -> None:
    both = {"normal": {"first_response": 60, "resolution": 420}, "urgent": {"first_response": 30}}
    ticket = Ticket(policy=policy(targets=both))
    ticket.at("2026-11-25 09:00")
    ticket.priority = "urgent"
    sla = ticket.at("2026-11-25 09:20")
    assert (first(sla).due_at, sla.resolution) == (ticket.utc("2026-11-25 09:30"), None)
    ticket.at("2026-11-25 09:30")
    ticket.priority = "normal"
    sla = ticket.at("2026-11-25 09:40")
    assert (first(sla).breached, first(sla).minutes) == (True, 30), "what is breached stays so"
    assert whole(sla).due_at == ticket.utc("2026-11-25 17:40").replace(day=26, hour=8, minute=40)


def test_a_shorter_target_that_is_used_up_is_due_at_once() -> None:
    ticket = Ticket(
        policy=policy(targets={"normal": {"first_response": 60}, "urgent": {"first_response": 10}})
    )
    ticket.at("2026-11-25 09:00")
    ticket.priority = "urgent"
    sla = ticket.at("2026-11-25 09:20")
    assert (first(sla).breached, first(sla).breached_at) == (True, ticket.utc("2026-11-25 09:20"))


def test_another_calendar_counts_from_then_on() -> None:
    ticket = Ticket()
    ticket.at("2026-11-25 16:30")
    ticket.policy = policy(calendar_id="cal_00000000000000000000000001")
    ticket.calendar = ALWAYS
    ticket.calendar_before = calendar()
    sla = ticket.at("2026-11-25 20:00")  # 21:00 in Berlin: half an hour was used
    assert first(sla).due_at == ticket.utc("2026-11-25 20:30")


def test_a_policy_that_comes_late_begins_then_and_one_that_goes_leaves_what_was() -> None:
    ticket = Ticket(policy=None)
    ticket.move(ticket.utc("2026-11-25 09:00"))
    assert ticket.sla is None
    ticket.policy = policy()
    assert first(ticket.at("2026-11-25 10:00")).due_at == ticket.utc("2026-11-25 11:00")
    ticket.at("2026-11-25 10:30", answered=True)
    ticket.policy = None
    sla = ticket.at("2026-11-25 10:40")
    assert (first(sla).met_at is not None, sla.resolution) == (True, None)


def test_a_calendar_that_is_never_open_promises_nothing() -> None:
    never = calendar(week={"monday": []})
    ticket = Ticket(calendar=never)
    sla = ticket.at("2026-11-25 09:00")
    assert (first(sla).due_at, sla.next_wake) == (None, None)
    assert first(ticket.at("2027-11-25 09:00", answered=True)).met_at


def test_a_warning_has_room_before_what_is_due() -> None:
    ticket = Ticket(policy=policy(warn_before={"minutes": 60}))
    sla = ticket.at("2026-11-25 09:00")
    assert (first(sla).warn_at, whole(sla).warn_at) == (None, ticket.utc("2026-11-25 16:00"))


BEGIN = datetime(2026, 3, 27, 14, 0, tzinfo=UTC)
"""A Friday before clocks are put forward in Berlin."""
step = st.tuples(
    st.integers(0, 900),
    st.sampled_from(["open", "pending", "on_hold", "solved", "spam"]),
    st.booleans(),
    st.booleans(),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(step, max_size=8), st.sampled_from([(), ("resolution",), ("first_response", "resolution")]))
def test_no_minute_is_lost_or_won(steps: list[Any], pauses: tuple[str, ...]) -> None:
    """Against the slow way: minute by minute, while it is open and the clock runs."""
    night = calendar(
        week={
            "friday": [{"opens": "13:00", "closes": "02:30"}],
            "sunday": [{"opens": "01:00", "closes": "06:00"}],
        }
    )
    ticket = Ticket(policy=policy(pauses=list(pauses)), calendar=night)
    ticket.move(BEGIN)
    at, used, breach = BEGIN, 0, None
    for wait, status, answered, asked in steps:
        for _ in range(wait):
            runs = ticket.status == "open" or (
                ticket.status in ("pending", "on_hold") and "resolution" not in pauses
            )
            if runs and is_open(night, at):
                used += 1
                if used == 420 and breach is None:
                    breach = at + timedelta(minutes=1)
            at += timedelta(minutes=1)
        ticket.move(at, status, answered=answered, asked=asked)
        assert ticket.sla is not None
        clock = whole(ticket.sla)
        assert clock.run_until(at, night) == used * 60_000
        assert clock.breached_at == breach
        assert (clock.met_at is not None) == (status == "solved")
        if clock.since and clock.due_at and not clock.breached:
            assert between(night, at, clock.due_at) == timedelta(minutes=420 - used)


@settings(max_examples=60, deadline=None)
@given(st.lists(step, max_size=8))
def test_looking_in_between_changes_no_due_time(steps: list[Any]) -> None:
    """Timers come, or do not, in whatever minute: what is due and what was met is the same."""
    quiet, watched = Ticket(), Ticket()
    at = BEGIN
    for ticket in (quiet, watched):
        ticket.move(at)
    for wait, status, answered, asked in steps:
        for _ in range(3):
            at += timedelta(minutes=wait) / 3
            watched.move(at)
        for ticket in (quiet, watched):
            ticket.move(at, status, answered=answered, asked=asked)
    plain = {"warned_at": None, "warn_at": None}
    assert [c.but(**plain) for c in clocks(quiet)] == [c.but(**plain) for c in clocks(watched)]


def clocks(ticket: Ticket) -> list[Clock]:
    return list(ticket.sla.clocks().values()) if ticket.sla else []
