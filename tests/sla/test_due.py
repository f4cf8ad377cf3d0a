"""What is due when, and its warning and breach: in business time, each at its minute and once."""

from __future__ import annotations

import pytest

from tests.sla.clocks import Ticket, calendar, first, policy, whole


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
