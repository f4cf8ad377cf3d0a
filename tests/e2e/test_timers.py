"""Timers: a ticket that sleeps is woken, a promise that is not kept is noted. Both began with the session."""

from __future__ import annotations

from typing import Any

from tests.e2e.caller import Caller
from tests.e2e.waiting import eventually


def test_a_snoozed_ticket_wakes(api: Caller, snoozed: Any) -> None:
    assert snoozed["status"] == "pending"
    assert snoozed["snoozed_until"]

    def awake() -> Any:
        ticket = api.get(f"/v1/tickets/{snoozed['id']}").ok()
        return ticket if ticket["status"] == "open" else None

    assert eventually(awake, within=80)["snoozed_until"] is None
    woken = api.data(f"/v1/customers/{snoozed['customer_id']}/timeline?type=ticket.woken")
    assert len(woken) == 1


def test_a_promise_that_is_not_kept(api: Caller, promised: Any) -> None:
    assert promised["sla"]["first_response"]["breached"] is False
    about = f"/v1/customers/{promised['customer_id']}/timeline?type=ticket.sla_breached"
    [breach] = eventually(lambda: api.data(about), within=150)
    assert breach["data"]["target"] == "first_response"
    assert breach["occurred_at"] == promised["sla"]["first_response"]["due_at"]
    clocks = api.get(f"/v1/tickets/{promised['id']}").ok()["sla"]
    assert clocks["first_response"]["breached"] is True
