"""Nothing is kept longer than the rules say: applied every night, by a timer that renews itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import boto3
import pytest

from chalicelib.followups import erasure
from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work
from chalicelib.privacy import aging, retaining
from chalicelib.privacy.rules import RULES_ID, next_run
from chalicelib.timeline.events import InteractionLogged
from tests.api import Api
from tests.cloud import Cloud
from tests.conftest import caller
from tests.stack import SCHEDULE_GROUP

URL = "/v1/retention"
ALL = {"lead_days": 30, "closed_ticket_days": 30, "response_days": 30}


def _night(cloud: Cloud, days: int = 40) -> None:
    """Fire the timer of a night in so many days."""
    later = datetime.now(UTC) + timedelta(days=days)
    fired = {"MessageId": "fired", "Body": json.dumps({"wake_id": RULES_ID, "wake_at": later.isoformat()})}
    assert cloud.deliver("TimersQueue", [fired]) == set()
    cloud.pump(rounds=100)


def _timers() -> list[str]:
    """The names of the nights' timers, without those of follow-ups."""
    client = boto3.client("scheduler")
    names = [one["Name"] for one in client.list_schedules(GroupName=SCHEDULE_GROUP)["Schedules"]]
    return [name for name in names if name.startswith("ret_")]


def _live(api: Api, cloud: Cloud) -> Any:
    """A lead and a customer, each with a closed ticket and a response; and an open ticket."""
    made: dict[str, Any] = {}
    for stage in ("lead", "customer"):
        who = {"name": f"zanzibar {stage}", "stage": stage, "emails": [f"{stage}@example.org"]}
        customer = api.post("/v1/customers", who).ok(201)["id"]
        said = {
            "customer_id": customer,
            "channel": "phone",
            "subject": "zanzibar",
            "text": "zanzibar " * 2000,
        }
        closed = api.post("/v1/tickets", said).ok(201)["id"]
        api.patch(f"/v1/tickets/{closed}", {"status": "closed"}).ok()
        opened = api.post("/v1/tickets", said).ok(201)["id"]
        given = {"kind": "nps", "score": 4, "comment": "zanzibar", "customer_id": customer}
        response = api.post("/v1/feedback", given).ok(202)["id"]
        made[stage] = {"id": customer, "closed": closed, "opened": opened, "response": response}
    cloud.pump()
    return made


def test_without_rules_everything_stays(api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = api.get(URL).ok()
    assert {name: rules[name] for name in ALL} == dict.fromkeys(ALL)
    assert rules["next_run_at"] is None
    _live(api, cloud)
    _night(cloud)
    assert _timers() == []
    assert len(api.get("/v1/customers").ok()["data"]) == 2


def test_what_is_too_old_goes(api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _live(api, cloud)
    api.patch(URL, ALL).ok()
    cloud.pump()
    assert len(_timers()) == 1
    _night(cloud)
    lead, customer = made["lead"], made["customer"]
    api.get(f"/v1/customers/{lead['id']}").problem(404, "no_such_customer")
    api.get(f"/v1/customers/{customer['id']}").ok()
    for one in (lead, customer):
        api.get(f"/v1/tickets/{one['closed']}").problem(404, "no_such_ticket")
        left = api.get(f"/v1/feedback/{one['response']}").ok()
        assert (left["score"], left["comment"], left["customer_id"]) == (4, None, None)
    api.get(f"/v1/tickets/{customer['opened']}").ok()
    entries = api.get(f"/v1/customers/{customer['id']}/timeline?type=feedback").ok()["data"]
    assert [(one["summary"], one["details"]) for one in entries] == [(None, {})]
    rules = api.get(URL).ok()
    assert {name: rules["last_run"][name] for name in ("leads", "tickets", "responses")} == {
        "leads": 1,
        "tickets": 2,
        "responses": 2,
    }
    assert rules["last_run"]["ended_at"]
    assert rules["next_run_at"] > rules["last_run"]["begun_at"]
    assert len(_timers()) >= 2, "the next night has its timer"


def test_what_came_of_a_response_goes_with_it(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "ROOM", 4)
    ada = api.post("/v1/customers", {"name": "Ada", "emails": ["ada@example.org"]}).ok(201)["id"]
    for _ in range(2):
        api.post("/v1/feedback", {"kind": "nps", "score": 2, "customer_id": ada}).ok(202)
    cloud.pump()
    [one, other] = api.get("/v1/followups").ok()["data"]
    for number in range(6):
        api.post(f"/v1/followups/{one['id']}/notes", {"text": f"zanzibar {number}"}).ok(201)
    api.post(f"/v1/followups/{other['id']}/resolution", {"tell": False, "text": "zanzibar"}).ok()
    api.patch(URL, {"response_days": 30}).ok()
    cloud.pump()
    _night(cloud, days=20)
    assert len(api.get("/v1/followups?state=all").ok()["data"]) == 2
    _night(cloud)
    assert api.get("/v1/followups?state=all").ok()["data"] == []
    assert [item for item in cloud.items() if "zanzibar" in str(item)] == []
    assert api.get("/v1/followups/report").ok()["opened"] == 2, "the figures stay"
    assert api.get(URL).ok()["last_run"]["responses"] == 2


def test_what_is_new_stays(api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _live(api, cloud)
    api.patch(URL, ALL).ok()
    assert api.get(f"{URL}/preview").ok() == {"leads": 0, "tickets": 0, "responses": 0, "entries": 0}
    _night(cloud, days=20)
    for one in made.values():
        api.get(f"/v1/customers/{one['id']}").ok()
        api.get(f"/v1/tickets/{one['closed']}").ok()
        assert api.get(f"/v1/feedback/{one['response']}").ok()["comment"] == "zanzibar"


def test_the_preview_counts_and_takes_nothing(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    _live(api, cloud)
    api.patch(URL, ALL).ok()
    items = cloud.items()
    later = datetime.now(UTC) + timedelta(days=40)
    monkeypatch.setattr("chalicelib.kernel.ids.now", lambda: later)
    assert api.get(f"{URL}/preview").ok() == {"leads": 1, "tickets": 2, "responses": 2, "entries": 0}
    assert [one for one in items if not one["pk"].startswith("KEY#")] == [
        one for one in cloud.items() if not one["pk"].startswith("KEY#")
    ]


def test_a_lead_of_whom_something_was_heard_stays(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _live(api, cloud)
    api.patch(URL, {"lead_days": 30}).ok()
    later = datetime.now(UTC) + timedelta(days=20)
    call = InteractionLogged(customer_id=made["lead"]["id"], channel="phone", direction="inbound")
    work = Work(now=later)
    work.record(f"CUS#{made['lead']['id']}", call, customer_id=made["lead"]["id"])
    commit(work)
    _night(cloud)
    api.get(f"/v1/customers/{made['lead']['id']}").ok()
    assert api.get(URL).ok()["last_run"]["leads"] == 0


def test_many_steps_take_the_same(api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _live(api, cloud)
    api.patch(URL, ALL).ok()
    monkeypatch.setattr(aging, "AT_ONCE", 1)
    turns = iter(range(10**6))
    monkeypatch.setattr(retaining, "STEP_SECONDS", 2)
    monkeypatch.setattr("chalicelib.privacy.aging.time.monotonic", lambda: next(turns))
    _night(cloud)
    run = api.get(URL).ok()["last_run"]
    assert (run["leads"], run["tickets"], run["responses"]) == (1, 2, 2)
    api.get(f"/v1/customers/{made['lead']['id']}").problem(404, "no_such_customer")


def test_rules_taken_back_end_the_timer(api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    api.patch(URL, ALL).ok()
    api.patch(URL, dict.fromkeys(ALL)).ok()
    cloud.pump()
    _night(cloud)
    assert api.get(URL).ok()["next_run_at"] is None
    assert len(_timers()) == 1


def test_rules_are_checked_versioned_and_recorded(api: Api, cloud: Cloud) -> None:
    api.patch(URL, {"lead_days": 3}).problem(422, "invalid")
    first = api.patch(URL, {"lead_days": 100})
    assert first.headers["ETag"] == '"1"'
    api.patch(URL, {"lead_days": 200}, If_Match='"7"').problem(412, "stale")
    api.patch(URL, {"lead_days": 200}, If_Match='"1"').ok()
    caller("privacy:read").patch(URL, ALL).problem(403, "missing_scope")
    recorded = [one for one in cloud.items() if one.get("type") == "privacy.retention_changed"]
    values = sorted((one["private"]["changes"]["lead_days"]["to"]) for one in recorded)
    assert values == [100, 200]


@pytest.mark.parametrize(
    ("after", "due"),
    [
        ("2026-06-01T00:30+00:00", "2026-06-01T01:00+00:00"),
        ("2026-06-01T01:00+00:00", "2026-06-02T01:00+00:00"),
        ("2026-12-01T23:30+00:00", "2026-12-02T02:00+00:00"),
    ],
)
def test_a_night_is_the_businesss_own(after: str, due: str) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert next_run(datetime.fromisoformat(after), berlin) == datetime.fromisoformat(due)


def test_old_entries_go_but_those_that_others_stand_on(api: Api, cloud: Cloud) -> None:
    ada = api.post("/v1/customers", {"name": "Ada", "emails": ["ada@example.org"]}).ok(201)["id"]
    bob = api.post("/v1/customers", {"name": "Bob"}).ok(201)["id"]
    for one in (ada, bob):
        for number in range(3):
            call = {"channel": "phone", "direction": "inbound", "summary": f"zanzibar {number}"}
            api.post(f"/v1/customers/{one}/interactions", call).ok(201)
        api.patch(f"/v1/customers/{one}", {"company": "zanzibar"}).ok()
    said = {"channel": "email", "topic": "service", "state": "granted", "basis": "contract", "source": "form"}
    api.post(f"/v1/customers/{ada}/consents", said).ok()
    api.post("/v1/messages", {"customer_id": ada, "subject": "Hello", "text": "Here."}).ok(201)
    api.post(f"/v1/customers/{ada}/merge", {"merged_id": bob}).ok()
    cloud.pump()
    api.patch(URL, {"entry_days": 30}).ok()
    cloud.pump()
    assert api.get(f"{URL}/preview").ok()["entries"] == 0
    _night(cloud)
    left = {one["type"] for one in api.get(f"/v1/customers/{ada}/timeline?limit=100").ok()["data"]}
    assert {"customer.registered", "customer.merged", "consent.changed", "mail.queued"} <= left
    assert not left & {"interaction.logged", "customer.updated"}
    assert api.get(URL).ok()["last_run"]["entries"] == 8


def test_entries_last_as_long_as_leads(api: Api) -> None:
    api.patch(URL, {"lead_days": 365}).ok()
    api.patch(URL, {"entry_days": 100}).problem(422, "invalid")
    api.patch(URL, {"entry_days": 365}).ok()
