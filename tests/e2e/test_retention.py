"""A night of retention takes what its rules say is too old. Runs late, since that is others' too."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.privacy.rules import RULES_ID
from tests.e2e.caller import Caller
from tests.e2e.clouds import OwnCloud
from tests.e2e.waiting import eventually


def test_a_night_takes_what_is_too_old(own_cloud: OwnCloud, api: Caller, sqs: Any, ada: Any) -> None:
    call = {"customer_id": ada["id"], "channel": "phone", "subject": "Kettle", "text": "It leaks."}
    closed, opened = (api.post("/v1/tickets", call).ok(201)["id"] for _ in range(2))
    api.patch(f"/v1/tickets/{closed}", {"status": "closed"}).ok()
    api.patch("/v1/retention", {"closed_ticket_days": 30}).ok()
    _night_in(40, own_cloud, sqs)

    def done() -> Any:
        run = api.get("/v1/retention").ok()["last_run"]
        return run if run and run["ended_at"] else None

    assert eventually(done)["tickets"] >= 1
    api.get(f"/v1/tickets/{closed}").problem(404, "no_such_ticket")
    assert api.get(f"/v1/tickets/{opened}").ok()["status"] == "open"
    api.get(f"/v1/customers/{ada['id']}").ok()
    changes = [one for one in api.data("/v1/audit") if one["type"] == "privacy.retention_changed"]
    assert changes[0]["changes"] == {"closed_ticket_days": {"from": None, "to": 30}}
    api.patch("/v1/retention", {"closed_ticket_days": None}).ok()


def _night_in(days: int, cloud: OwnCloud, sqs: Any) -> None:
    """Fire the timer of a night to come, as the scheduler would then."""
    later = datetime.now(UTC) + timedelta(days=days)
    body = json.dumps({"wake_id": RULES_ID, "wake_at": later.isoformat()})
    sqs.send_message(QueueUrl=cloud.addresses["outputs"]["TimersQueueUrl"], MessageBody=body)
