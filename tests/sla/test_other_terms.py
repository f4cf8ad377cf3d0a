"""A ticket whose terms change: another priority, target, calendar or policy, and what was used by then."""

from __future__ import annotations

from chalicelib.hours.model import ALWAYS
from tests.sla.clocks import Ticket, calendar, first, policy, whole


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
