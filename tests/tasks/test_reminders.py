"""A reminder goes out once, at its time, and only while there is something to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work
from chalicelib.tasks import model
from chalicelib.tasks import service as tasks
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.mailbox import outbox
from tests.stack import SCHEDULE_GROUP

QUEUE = "TimersQueue"
SOON = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=1)


@pytest.fixture
def task(api: Api) -> str:
    """The path of a task with a reminder tomorrow."""
    ada = api.post("/v1/customers", {"name": "Ada", "emails": ["ada@example.org"]}).ok(201)["id"]
    sam = api.post("/v1/staff", {"name": "Sam", "email": "sam@shop.example"}).ok(201)["id"]
    due = (SOON + timedelta(hours=2)).isoformat()
    body = {"customer_id": ada, "owner": sam, "title": "Call about the loom", "due_at": due}
    made = api.post("/v1/tasks", {**body, "remind_at": SOON.isoformat()}).ok(201)
    return f"/v1/tasks/{made['id']}"


def _timers() -> list[Any]:
    client = boto3.client("scheduler")
    names = [one["Name"] for one in client.list_schedules(GroupName=SCHEDULE_GROUP)["Schedules"]]
    return [client.get_schedule(GroupName=SCHEDULE_GROUP, Name=name) for name in sorted(names)]


def _fire(timer: Any, message_id: str = "fired") -> Any:
    return {"MessageId": message_id, "Body": timer["Target"]["Input"]}


def _types(api: Api, task: str) -> list[str]:
    customer = api.get(task).ok()["customer_id"]
    return [one["type"] for one in api.get(f"/v1/customers/{customer}/timeline").ok()["data"]]


def test_the_owner_gets_one_mail_however_often_the_timer_fires(api: Api, cloud: Cloud, task: str) -> None:
    cloud.pump(twice=True)
    [timer] = _timers()
    with counted() as calls:
        assert cloud.deliver(QUEUE, [_fire(timer)]) == set()
    assert calls == ["GetItem", "GetItem", "TransactWriteItems"]
    assert cloud.deliver(QUEUE, [_fire(timer, "a"), _fire(timer, "b")]) == set()
    cloud.pump(twice=True)
    [mail] = outbox()
    assert mail["To"] == "Sam <sam@shop.example>"
    assert mail["Subject"] == "Follow-up: Call about the loom"
    assert mail["Auto-Submitted"] == "auto-replied"
    after = api.get(task).ok()
    assert (after["state"], after["remind_at"], after["version"]) == ("open", None, 2)
    assert after["reminded_at"]
    types = _types(api, task)
    assert types[0] == "task.reminded"
    assert not [kind for kind in types if kind.startswith("mail.")], "it is no mail to the customer"


@pytest.mark.parametrize("change", [{"state": "done"}, {"state": "cancelled"}, {"remind_at": None}])
def test_what_needs_no_reminder_gets_none(api: Api, cloud: Cloud, task: str, change: Any) -> None:
    cloud.pump()
    api.patch(task, change).ok()
    assert cloud.deliver(QUEUE, [_fire(_timers()[0])]) == set()
    cloud.pump()
    assert outbox() == []


def test_a_snoozed_reminder_comes_at_its_new_time(api: Api, cloud: Cloud, task: str) -> None:
    cloud.pump()
    api.patch(task, {"remind_at": (SOON + timedelta(hours=1)).isoformat()}).ok()
    cloud.pump()
    early, late = _timers()
    cloud.deliver(QUEUE, [_fire(early)])
    assert "task.reminded" not in _types(api, task)
    cloud.deliver(QUEUE, [_fire(late)])
    assert _types(api, task)[0] == "task.reminded"


def test_opened_again_it_is_reminded_again(api: Api, cloud: Cloud, task: str) -> None:
    api.patch(task, {"state": "done"}).ok()
    api.patch(task, {"state": "open"}).ok()
    cloud.pump()
    cloud.deliver(QUEUE, [_fire(_timers()[0])])
    assert _types(api, task)[0] == "task.reminded"


def test_who_left_gets_no_mail(api: Api, cloud: Cloud, task: str) -> None:
    cloud.pump()
    api.patch(f"/v1/staff/{api.get(task).ok()['owner']}", {"active": False}).ok()
    cloud.deliver(QUEUE, [_fire(_timers()[0])])
    cloud.pump()
    assert _types(api, task)[0] == "task.reminded"
    assert outbox() == []


def test_a_deleted_task_is_not_woken(api: Api, cloud: Cloud, task: str) -> None:
    cloud.pump()
    api.delete(task)
    assert cloud.deliver(QUEUE, [_fire(_timers()[0])]) == set()


def test_its_mails_are_erased_with_it(
    api: Api, cloud: Cloud, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = api.get(task).ok()["customer_id"]
    for hours in (0, 1):
        api.patch(task, {"remind_at": (SOON + timedelta(hours=hours)).isoformat()}).ok()
        cloud.pump()
        cloud.deliver(QUEUE, [_fire(_timers()[-1])])
    cloud.pump()
    assert len(api.get(task).ok()["reminders"]) == 2
    monkeypatch.setattr(tasks, "ROOM", 1)
    for expected in ({"reminders": 1}, {"reminders": 1, "tasks": 1}, {}):
        work = Work()
        assert tasks.erase(work, customer) == expected
        commit(work)
    left = [item for item in cloud.items() if not item["pk"].startswith("CUS#")]
    assert "loom" not in str(left)


def test_a_task_reminds_so_often_and_no_more(api: Api, task: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "MAX_REMINDERS", 0)
    later = {"remind_at": (SOON + timedelta(hours=1)).isoformat()}
    api.patch(task, later).problem(409, "too_many_reminders")
    api.patch(task, {"remind_at": None}).ok()
