"""When a follow-up is resolved its customer is told by mail; staff are reminded before it is due."""

from __future__ import annotations

from typing import Any

import boto3

from chalicelib.followups import erasure
from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work
from tests.api import Api
from tests.cloud import Cloud
from tests.followups.loops import SOON, listed, opened, path, respond
from tests.mailbox import outbox
from tests.stack import SCHEDULE_GROUP

TEXT = "Dear Ada, looms are packed in wood from now on. Yours is on its way."


def test_the_customer_is_told_by_mail(api: Api, cloud: Cloud) -> None:
    one = opened(api, cloud, email="ada@example.org")
    resolved = api.post(f"{path(one)}/resolution", {"text": TEXT}).ok()
    assert (resolved["state"], resolved["untold"]) == ("resolved", None)
    cloud.pump(twice=True)
    [mail] = outbox()
    assert (mail["To"], mail["Subject"]) == ("ada@example.org", "What we changed after your feedback")
    assert TEXT in mail.get_content()
    told = api.get(path(one)).ok()
    assert (told["state"], told["told_on"], told["message_id"]) == (
        "customer_told",
        "email",
        resolved["message_id"],
    )
    api.post(f"{path(one)}/resolution", {"text": "Again"}).problem(409, "wrong_state")
    assert api.get(f"{path(one)}/notes").ok()["data"][0]["text"] == TEXT
    assert api.get("/v1/followups/report").ok()["told"] == 1


def test_who_cannot_be_told_is_not_and_why_is_said(api: Api, cloud: Cloud) -> None:
    nobody = opened(api, cloud)
    ended = api.post(f"{path(nobody)}/resolution", {"text": TEXT}).ok()
    assert (ended["state"], ended["untold"]) == ("resolved", "anonymous")
    by_phone = api.post("/v1/customers", {"name": "Bob", "phones": ["+4915112345678"]}).ok(201)["id"]
    bob = opened(api, cloud, customer_id=by_phone)
    assert api.post(f"{path(bob)}/resolution", {"text": TEXT}).ok()["untold"] == "no_address"
    api.post("/v1/suppressions", {"email": "eve@example.org", "note": "asked"}).ok(201)
    eve = opened(api, cloud, email="eve@example.org")
    api.post(f"{path(eve)}/resolution", {"text": TEXT}).ok()
    quiet = opened(api, cloud, email="kim@example.org")
    silent = api.post(f"{path(quiet)}/resolution", {"text": TEXT, "tell": False}).ok()
    assert silent["untold"] == "not_asked"
    cloud.pump(twice=True)
    after = api.get(path(eve)).ok()
    assert (after["state"], after["untold"]) == ("resolved", "suppressed")
    assert outbox() == []
    cloud.pump()
    later = api.post(f"{path(quiet)}/resolution", {"text": TEXT, "subject": "Changed"}).ok()
    assert later["message_id"]
    cloud.pump()
    assert [mail["Subject"] for mail in outbox()] == ["Changed"]


def test_what_is_opened_again_waits_for_no_old_mail(api: Api, cloud: Cloud) -> None:
    one = opened(api, cloud, email="ada@example.org")
    api.post(f"{path(one)}/resolution", {"text": TEXT}).ok()
    api.patch(path(one), {"state": "in_progress"}).ok()
    cloud.pump()
    assert len(outbox()) == 1
    assert api.get(path(one)).ok()["state"] == "in_progress"


def _timers() -> list[Any]:
    client = boto3.client("scheduler")
    names = [one["Name"] for one in client.list_schedules(GroupName=SCHEDULE_GROUP)["Schedules"]]
    return [client.get_schedule(GroupName=SCHEDULE_GROUP, Name=name) for name in sorted(names)]


def _fire(cloud: Cloud, timer: Any) -> None:
    assert cloud.deliver("TimersQueue", [{"Body": timer["Target"]["Input"]}]) == set()
    cloud.pump()


def test_its_people_are_reminded_once_before_and_once_when_it_is_due(api: Api, cloud: Cloud) -> None:
    team = api.post("/v1/teams", {"name": "Care"}).ok(201)["id"]
    sam, _ = (
        api.post("/v1/staff", {"name": name, "email": f"{name}@shop.example", "team_ids": [team]}).ok(201)[
            "id"
        ]
        for name in ("Sam", "Lee")
    )
    rule = {"name": "all", "nps": 10, "owner": sam, "due_hours": 10, "remind_hours": 2}
    api.patch("/v1/followups/rules", {"rules": [rule]}).ok()
    one = opened(api, cloud, email="ada@example.org")
    [before] = _timers()
    for _ in range(2):
        _fire(cloud, before)
    assert [mail["Subject"] for mail in outbox()] == ["Follow-up due soon: after-delivery"]
    due = next(timer for timer in _timers() if timer["Name"] != before["Name"])
    api.patch(path(one), {"owner": None, "team": team}).ok()
    for _ in range(2):
        _fire(cloud, due)
    mails = outbox()[1:]
    assert sorted(str(mail["To"]) for mail in mails) == ["Lee <Lee@shop.example>", "Sam <Sam@shop.example>"]
    assert "loom" not in str(mails[0])
    after = api.get(path(one)).ok()
    assert after["overdue_at"]
    assert len(after["reminders"]) == 3
    assert api.get("/v1/followups/report").ok()["overdue"] == 1
    api.patch(path(one), {"due_at": SOON.isoformat()}).ok()
    assert api.get("/v1/followups/report").ok()["overdue"] == 0
    api.patch(path(one), {"state": "resolved"}).ok()
    for timer in _timers():
        _fire(cloud, timer)
    assert len(outbox()) == 3, "what is resolved reminds nobody"


def test_it_goes_with_its_customer_and_the_figures_stay(api: Api, cloud: Cloud) -> None:
    ada = opened(api, cloud, email="ada@example.org")
    for number in range(3):
        api.post(f"{path(ada)}/notes", {"text": f"Unmistakable {number}"}).ok(201)
    nobody = opened(api, cloud)
    customer = str(ada["customer_id"])
    told = list(erasure.export_of(customer))
    assert [one["kind"] for one in told] == ["followup"] + 3 * ["followup_note"]
    assert "owner" not in told[0]
    work = Work()
    assert erasure.erase(work, customer) == {"followup_notes": 3, "followups": 1}
    commit(work)
    assert erasure.erase(Work(), customer) == {}
    assert [one["id"] for one in listed(api)] == [nobody["id"]]
    assert "Unmistakable" not in str(cloud.items())
    assert api.get("/v1/followups/report").ok()["opened"] == 2


def test_erasure_comes_back_while_much_is_left(api: Api, cloud: Cloud, monkeypatch: Any) -> None:
    ada = opened(api, cloud, email="ada@example.org")
    for number in range(5):
        api.post(f"{path(ada)}/notes", {"text": str(number)}).ok(201)
    respond(api, cloud, email="ada@example.org")
    monkeypatch.setattr(erasure, "ROOM", 3)
    sums: dict[str, int] = {}
    while True:
        work = Work()
        removed = erasure.erase(work, str(ada["customer_id"]))
        if not removed:
            break
        commit(work)
        for name, number in removed.items():
            sums[name] = sums.get(name, 0) + number
    assert sums == {"followup_notes": 5, "followups": 2}
