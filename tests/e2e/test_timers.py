"""Timers: a ticket that sleeps is woken. The fixture put it to sleep when the session began."""

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
