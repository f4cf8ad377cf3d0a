"""Laws of a ticket's clocks that hold whatever happens when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.hours.arithmetic import between, is_open
from tests.sla.clocks import Ticket, calendar, clocks, policy, whole

BEGIN = datetime(2026, 3, 27, 14, 0, tzinfo=UTC)
"""A Friday before clocks are put forward in Berlin."""


step = st.tuples(
    st.integers(0, 900),
    st.sampled_from(["open", "pending", "on_hold", "solved", "spam"]),
    st.booleans(),
    st.booleans(),
)


@settings(max_examples=60)
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


@settings(max_examples=60)
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
