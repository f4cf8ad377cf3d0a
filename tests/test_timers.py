"""A snoozed ticket is woken once, at its time, by a timer that was set once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.stack import SCHEDULE_GROUP

QUEUE = "TimersQueue"


@pytest.fixture
def ticket(api: Api) -> str:
    """The path of a pending ticket."""
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)["id"]
    body = {"customer_id": ada, "channel": "phone", "subject": "Kettle", "text": "It leaks."}
    url = f"/v1/tickets/{api.post('/v1/tickets', body).ok(201)['id']}"
    api.patch(url, {"status": "pending"}).ok()
    return url


def _ahead() -> datetime:
    return datetime.now(UTC).replace(second=30, microsecond=0) + timedelta(days=1)


def _snooze(api: Api, url: str, until: datetime | None) -> None:
    api.patch(url, {"snoozed_until": until.isoformat() if until else None}).ok()


def _timers() -> list[Any]:
    """The schedules that were made."""
    client = boto3.client("scheduler")
    names = [one["Name"] for one in client.list_schedules(GroupName=SCHEDULE_GROUP)["Schedules"]]
    return [client.get_schedule(GroupName=SCHEDULE_GROUP, Name=name) for name in sorted(names)]


def _fire(timer: Any, message_id: str = "fired") -> Any:
    return {"MessageId": message_id, "Body": timer["Target"]["Input"]}


def _types(api: Api, url: str) -> list[str]:
    customer = api.get(url).ok()["customer_id"]
    return [one["type"] for one in api.get(f"/v1/customers/{customer}/timeline?type=ticket").ok()["data"]]


def test_a_snoozed_ticket_wakes_at_its_time(api: Api, cloud: Cloud, ticket: str) -> None:
    until = _ahead()
    _snooze(api, ticket, until)
    cloud.pump()
    [timer] = _timers()
    assert timer["ScheduleExpression"] == f"at({until + timedelta(minutes=1):%Y-%m-%dT%H:%M}:00)"
    assert timer["ActionAfterCompletion"] == "DELETE"
    assert timer["Target"]["Arn"] == cloud.arn(QUEUE)
    with counted() as calls:
        assert cloud.deliver(QUEUE, [_fire(timer)]) == set()
    assert calls == ["GetItem", "TransactWriteItems"]
    woken = api.get(ticket).ok()
    assert (woken["status"], woken["snoozed_until"]) == ("open", None)
    assert _types(api, ticket)[:2] == ["ticket.woken", "ticket.changed"]


def test_setting_a_timer_again_sets_one(api: Api, cloud: Cloud, ticket: str) -> None:
    until = _ahead()
    _snooze(api, ticket, until)
    cloud.pump(twice=True)
    _snooze(api, ticket, None)
    _snooze(api, ticket, until)
    cloud.pump(twice=True)
    assert len(_timers()) == 1


def test_firing_again_wakes_once(api: Api, cloud: Cloud, ticket: str) -> None:
    _snooze(api, ticket, _ahead())
    cloud.pump()
    [timer] = _timers()
    assert cloud.deliver(QUEUE, [_fire(timer, "a"), _fire(timer, "b")]) == set()
    api.patch(ticket, {"status": "on_hold"}).ok()
    assert cloud.deliver(QUEUE, [_fire(timer)]) == set()
    assert api.get(ticket).ok()["status"] == "on_hold"
    assert _types(api, ticket).count("ticket.woken") == 1


@pytest.mark.parametrize("moved", [{"seconds": 20}, {"days": 1}, {"milliseconds": 1}])
def test_a_timer_of_another_time_is_ignored(api: Api, cloud: Cloud, ticket: str, moved: Any) -> None:
    until = datetime(2031, 1, 1, 10, 0, tzinfo=UTC)
    _snooze(api, ticket, until)
    cloud.pump()
    _snooze(api, ticket, until + timedelta(**moved))
    cloud.pump()
    old, new = _timers()
    assert cloud.deliver(QUEUE, [_fire(old)]) == set()
    assert api.get(ticket).ok()["status"] == "pending"
    assert cloud.deliver(QUEUE, [_fire(new)]) == set()
    assert api.get(ticket).ok()["status"] == "open"


def test_a_snooze_moved_within_its_minute_still_ends(api: Api, cloud: Cloud, ticket: str) -> None:
    until = _ahead()
    _snooze(api, ticket, until)
    cloud.pump()
    _snooze(api, ticket, until - timedelta(seconds=10))
    cloud.pump()
    [timer] = _timers()
    assert cloud.deliver(QUEUE, [_fire(timer)]) == set()
    assert api.get(ticket).ok()["status"] == "open"


@pytest.mark.parametrize("status", ["closed", "spam"])
def test_what_is_done_with_is_not_woken(api: Api, cloud: Cloud, ticket: str, status: str) -> None:
    until = _ahead().isoformat()
    api.patch(ticket, {"status": status, "snoozed_until": until}).ok()
    cloud.pump()
    assert cloud.deliver(QUEUE, [_fire(_timers()[0])]) == set()
    assert api.get(ticket).ok()["status"] == status


def test_an_open_ticket_only_loses_its_snooze(api: Api, cloud: Cloud, ticket: str) -> None:
    api.patch(ticket, {"status": "open", "snoozed_until": _ahead().isoformat()}).ok()
    cloud.pump()
    assert cloud.deliver(QUEUE, [_fire(_timers()[0])]) == set()
    assert api.get(ticket).ok()["snoozed_until"] is None


def test_a_late_request_fires_at_once(cloud: Cloud) -> None:
    data = {"wake_id": "tkt_01J00000000000000000000000", "wake_at": "2020-01-01T00:00:00Z", "ticket_id": "x"}
    asked = {"MessageId": "late", "Body": json.dumps({"detail": {"data": data}, "source": "rapport"})}
    assert cloud.deliver(QUEUE, [asked]) == set()
    [timer] = _timers()
    assert timer["ScheduleExpression"] >= f"at({datetime.now(UTC) - timedelta(minutes=1):%Y-%m-%dT%H:%M:%S})"
    assert cloud.deliver(QUEUE, [_fire(timer)]) == set(), "its ticket is gone"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "[]",
        "5",
        '"detail"',
        '{"detail": {}}',
        '{"wake_id": "tkt_x", "wake_at": "soon"}',
        '{"wake_id": "cus_x", "wake_at": "2030-01-01T00:00:00Z"}',
    ],
)
def test_what_is_no_timer_fails_alone(api: Api, cloud: Cloud, ticket: str, body: str) -> None:
    _snooze(api, ticket, _ahead())
    cloud.pump()
    assert cloud.deliver(QUEUE, [{"MessageId": "bad", "Body": body}, _fire(_timers()[0])]) == {"bad"}
    assert api.get(ticket).ok()["status"] == "open"
