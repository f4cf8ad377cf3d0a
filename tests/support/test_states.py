"""The states of a ticket, by a machine that takes every step; when it opens and closes by itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict
from chalicelib.support import policy
from chalicelib.support.model import new_ticket
from chalicelib.support.states import ALLOWED, STATUSES, Status
from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import outbox, receive, write
from tests.support.lists import messages, tickets

BEGUN = datetime(2026, 11, 1, tzinfo=UTC)


class States(RuleBasedStateMachine):
    """Tries any step at any time; what is refused changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.at = BEGUN
        self.ticket = new_ticket(at=self.at, subject="Kettle", channel="web")

    @rule(status=st.sampled_from(STATUSES), minutes=st.integers(1, 600))
    def step(self, status: Status, minutes: int) -> None:
        before = self.ticket
        self.at += timedelta(minutes=minutes)
        if status != before.status and status not in ALLOWED[before.status]:
            with pytest.raises(Conflict):
                before.patched({"status": status}, at=self.at)
            return
        self.ticket = before.patched({"status": status}, at=self.at)
        assert self.ticket.version == before.version + (status != before.status)
        if status != before.status == "solved":
            assert self.ticket.solved_at == (before.solved_at if status == "closed" else None)

    @invariant()
    def times_go_with_the_state(self) -> None:
        ticket = self.ticket
        assert (ticket.closed_at is not None) == (ticket.status == "closed")
        if ticket.status == "solved":
            assert ticket.solved_at is not None
        elif ticket.status != "closed":
            assert ticket.solved_at is None
        for moment in (ticket.solved_at, ticket.closed_at):
            assert moment is None or moment <= self.at


TestStates = States.TestCase
TestStates.settings = settings(max_examples=60, stateful_step_count=30)


@pytest.mark.parametrize(
    ("reopen", "days", "expected"),
    [("always", 9, True), ("never", 9, False), ("within_days", 9, False), ("within_days", 10, True)],
)
def test_what_a_mail_opens_again(reopen: Any, days: int, expected: bool) -> None:
    wanted = policy.SupportSettings(reopen=reopen, reopen_days=days)
    closed = new_ticket(at=BEGUN, subject="x", channel="web").patched({"status": "closed"}, at=BEGUN)
    assert wanted.reopens(closed, BEGUN + timedelta(days=9)) is expected
    solved = closed.patched({"status": "open"}, at=BEGUN).patched({"status": "solved"}, at=BEGUN)
    assert wanted.reopens(solved, BEGUN + timedelta(days=999))


def _wake(cloud: Cloud, ticket: Any, at: datetime) -> None:
    body = json.dumps({"wake_id": ticket["id"], "wake_at": ids.stamp(at)})
    cloud.sqs.send_message(QueueUrl=cloud["TimersQueue"], MessageBody=body)
    cloud.pump()


def _asked(cloud: Cloud) -> Any:
    """A ticket that Ada's mail opened and staff answered; and where her answers go."""
    receive(cloud, write(message_id="<first@example.org>", subject="Kettle"))
    return outbox()[-1]["Reply-To"].addresses[0].addr_spec


def test_settings_are_changed_under_their_version(api: Api) -> None:
    first = api.get("/v1/support/settings").ok()
    assert (first["reopen"], first["close_solved_after_days"]) == ("always", None)
    changed = api.patch("/v1/support/settings", {"reopen": "never"}, If_Match='"0"').ok()
    assert (changed["reopen"], changed["version"]) == ("never", 1)
    api.patch("/v1/support/settings", {"reopen": "always"}, If_Match='"0"').problem(412, "stale")
    api.patch("/v1/support/settings", {"reopen_days": 0}).problem(422, "invalid")
    assert api.get("/v1/support/settings").ok() == changed


def test_a_closed_ticket_opens_again_or_another_one_follows(api: Api, cloud: Cloud) -> None:
    reply_to = _asked(cloud)
    [ticket] = tickets(api)
    url = f"/v1/tickets/{ticket['id']}"
    api.patch(url, {"status": "closed"}).ok()
    receive(cloud, write("Again", subject="Re: Kettle"), to=reply_to)
    assert api.get(url).ok()["status"] == "open"

    api.patch("/v1/support/settings", {"reopen": "never"}).ok()
    api.patch(url, {"status": "closed"}).ok()
    receive(cloud, write("And again", subject="Re: Kettle"), to=reply_to)
    follower, closed = tickets(api)
    assert (closed["id"], closed["status"], follower["status"]) == (ticket["id"], "closed", "open")
    assert closed["links"] == [{"ticket_id": follower["id"], "kind": "related"}]
    assert follower["links"] == [{"ticket_id": ticket["id"], "kind": "related"}]
    assert [one["text"].strip() for one in messages(api, follower)] == ["And again"]
    receive(cloud, write("Third", subject="Re: Kettle"), to=reply_to)
    assert len(tickets(api)) == 2, "the one that follows goes on"
    assert len(messages(api, follower)) == 2


def test_a_machine_never_opens_a_ticket_again_nor_another_one(api: Api, cloud: Cloud) -> None:
    reply_to = _asked(cloud)
    [ticket] = tickets(api)
    for reopen in ("always", "never"):
        api.patch("/v1/support/settings", {"reopen": reopen}).ok()
        api.patch(f"/v1/tickets/{ticket['id']}", {"status": "closed"}).ok()
        away = write("I am away", subject="Away", Auto_Submitted="auto-replied")
        receive(cloud, away, to=reply_to)
        [after] = tickets(api)
        assert after["status"] == "closed"


def test_a_solved_ticket_closes_by_itself(api: Api, cloud: Cloud, ada: Any) -> None:
    api.patch("/v1/support/settings", {"close_solved_after_days": 3}).ok()
    body = {"customer_id": ada["id"], "channel": "phone", "subject": "Kettle", "text": "x"}
    ticket = api.post("/v1/tickets", body).ok(201)
    url = f"/v1/tickets/{ticket['id']}"
    solved_at = datetime.fromisoformat(api.patch(url, {"status": "solved"}).ok()["solved_at"])
    cloud.pump()
    _wake(cloud, ticket, solved_at + timedelta(days=2))
    assert api.get(url).ok()["status"] == "solved", "too early"
    _wake(cloud, ticket, solved_at + timedelta(days=3, minutes=1))
    closed = api.get(url).ok()
    assert (closed["status"], closed["closed_at"] is not None) == ("closed", True)
    api.patch(url, {"status": "open"}).ok()
    _wake(cloud, ticket, solved_at + timedelta(days=3, minutes=1))
    assert api.get(url).ok()["status"] == "open", "a stale timer closes nothing"
