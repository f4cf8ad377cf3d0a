"""Clocks that stand still, stop and go on: waiting, answered, solved, opened again, spam."""

from __future__ import annotations

import pytest

from tests.sla.clocks import Ticket, first, following, policy, whole


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
