"""The audit trail: who changed what, from which value to which."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.access import audit
from chalicelib.customers import service as customers
from chalicelib.customers.model import NewCustomer
from chalicelib.kernel import ids
from chalicelib.kernel.commit import commit
from chalicelib.kernel.principals import Principal
from chalicelib.kernel.work import Work
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.conftest import caller

KEY = "key_01J00000000000000000000000"
OTHER = "key_01J00000000000000000000001"


def _key_id(api: Api) -> str:
    return f"key_{str(api.key)[3:29]}"


def _registered(at: datetime, *, key: str = KEY, bulk: bool = False) -> str:
    work = Work(now=at, principal=Principal(key, frozenset({"*"})), bulk=bulk)
    made = customers.register(work, NewCustomer(name="C"))
    commit(work)
    return made.id


def _all(api: Api, query: str) -> list[Any]:
    page = api.get(f"/v1/audit?{query}").ok()
    found = page["data"]
    for _ in range(50):
        if page["next_cursor"] is None:
            return list(found)
        page = api.get(f"/v1/audit?{query}&cursor={page['next_cursor']}").ok()
        found += page["data"]
    raise AssertionError("no end")


def _who(entries: list[Any]) -> list[str]:
    return [entry["data"]["customer_id"] for entry in entries]


def test_it_says_who_changed_what_from_which_value_to_which(api: Api) -> None:
    bo = api.post("/v1/staff", {"name": "Bo", "email": "bo@shop.example"}).ok(201)["id"]
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)["id"]
    api.patch(f"/v1/customers/{ada}", {"company": "Engines"}, Rapport_Actor=bo).ok()
    with counted() as calls:
        newest, first = api.get(f"/v1/audit?entity_id={ada}").ok()["data"]
    assert calls == ["Query"]
    assert (newest["type"], first["type"]) == ("customer.updated", "customer.registered")
    assert newest["actor"] == {"id": _key_id(api), "staff_id": bo}
    assert newest["changes"] == {"company": {"from": None, "to": "Engines"}}
    assert first["changes"] == {}
    assert api.get("/v1/audit?type=customer.updated").ok()["data"] == [newest]
    assert api.get(f"/v1/audit?actor={bo}").ok()["data"] == [newest]
    assert _all(api, f"entity_id={ada}&limit=1") == [newest, first]
    assert api.get(f"/v1/audit?entity_id={ada}&actor={OTHER}").ok()["data"] == []


def test_everything_that_people_change_is_in_it(api: Api) -> None:
    team = api.post("/v1/teams", {"name": "Desk"}).ok(201)["id"]
    api.patch(f"/v1/teams/{team}", {"name": "Counter"}).ok()
    staff = api.post("/v1/staff", {"name": "Bo", "email": "bo@shop.example"}).ok(201)["id"]
    api.patch(f"/v1/staff/{staff}", {"active": False}).ok()
    key = api.post("/v1/keys", {"name": "k", "scopes": ["customers:read"]}).ok(201)["id"]
    api.delete(f"/v1/keys/{key}").ok(204)
    firm = api.post("/v1/organisations", {"name": "Engines"}).ok(201)["id"]
    api.patch(f"/v1/organisations/{firm}", {"name": "Looms"}).ok()
    api.delete(f"/v1/organisations/{firm}").ok(204)
    by_entity = {entity: _all(api, f"entity_id={entity}") for entity in (team, staff, key, firm)}
    assert by_entity[team][0]["changes"] == {"name": {"from": "Desk", "to": "Counter"}}
    assert by_entity[staff][0]["changes"] == {"active": {"from": True, "to": False}}
    assert by_entity[key][0]["changes"]["revoked_at"]["from"] is None
    assert [one["type"] for one in by_entity[firm]] == [
        f"organisation.{verb}" for verb in ("deleted", "changed", "created")
    ]
    everything = _all(api, "limit=2")
    for entries in by_entity.values():
        assert all(entry in everything for entry in entries)
    assert "hash" not in str(everything)


def test_a_tickets_changes_are_found_by_its_id(api: Api) -> None:
    ada = api.post("/v1/customers", {"emails": ["ada@example.org"]}).ok(201)["id"]
    new = {"customer_id": ada, "channel": "phone", "subject": "Kettle", "text": "Broken."}
    ticket = api.post("/v1/tickets", new).ok(201)["id"]
    api.patch(f"/v1/tickets/{ticket}", {"priority": "high"}).ok()
    (entry,) = api.get(f"/v1/audit?entity_id={ticket}").ok()["data"]
    assert entry["changes"] == {"priority": {"from": "normal", "to": "high"}}
    assert entry["customer_id"] == ada


def test_what_is_asked_of_people_and_decided_about_them_is_in_it(api: Api) -> None:
    staff = api.post("/v1/staff", {"name": "Bo", "email": "bo@shop.example"}).ok(201)["id"]
    ada = api.post("/v1/customers", {"emails": ["ada@example.org"]}).ok(201)["id"]
    api.post("/v1/topics", {"id": "news", "name": "News", "double_opt_in": False}).ok(201)
    api.patch("/v1/topics/news", {"name": "Newsletter"}).ok()
    said = {"channel": "email", "topic": "news", "state": "granted", "source": "shop"}
    api.post(f"/v1/customers/{ada}/consents", said | {"occurred_at": "2026-01-01T00:00:00Z"}).ok()
    api.patch(f"/v1/customers/{ada}/preferences", {"preferred_channel": "letter"}).ok()
    task = api.post(
        "/v1/tasks", {"customer_id": ada, "title": "Call", "owner": staff, "due_at": "2031-01-01T00:00:00Z"}
    ).ok(201)["id"]
    api.patch(f"/v1/tasks/{task}", {"state": "done"}).ok()
    api.patch("/v1/retention", {"lead_days": 400}).ok()
    access = api.post(f"/v1/customers/{ada}/access-requests", {}).ok(201)["id"]
    erasure = api.post(f"/v1/customers/{ada}/erasure", {"confirm": ada}).ok(201)["id"]
    everything = _all(api, "limit=50")
    assert {one["actor"]["id"] for one in everything} == {_key_id(api)}
    for entity, types in {
        task: ["task.changed", "task.created"],
        "topic:news": ["topic.changed", "topic.changed"],
        "retention": ["privacy.retention_changed"],
        access: ["privacy.access_requested"],
        erasure: ["privacy.erasure_requested"],
        ada: [
            "task.changed",
            "task.created",
            "preferences.changed",
            "customer.registered",
            "consent.changed",
        ],
    }.items():
        found = _all(api, f"entity_id={entity}")
        assert [one["type"] for one in found] == types
        assert all(one in everything for one in found)
    assert _all(api, "entity_id=topic:news")[0]["changes"] == {"name": {"from": "News", "to": "Newsletter"}}
    assert _all(api, "type=consent.changed")[0]["changes"] == {"state": {"from": None, "to": "granted"}}


def test_a_range_is_read_by_days_and_pages_hold_each_change_once(api: Api, cloud: Cloud) -> None:
    now = ids.now()
    made = [_registered(now - timedelta(hours=13 * number)) for number in range(1, 30)]
    inside = f"from={ids.stamp(now - timedelta(days=10))}&to={ids.stamp(now)}&type=customer.registered"
    assert _who(_all(api, f"{inside}&limit=4")) == made[:18]
    assert _who(_all(api, "actor=" + KEY)) == made[:1], "the last day"
    with counted() as calls:
        first = api.get(f"/v1/audit?{inside}&limit=4").ok()["data"]
    assert (len(first), set(calls)) == (4, {"Query"})
    assert len(calls) <= 16


def test_an_empty_page_of_a_long_range_has_a_next(api: Api, cloud: Cloud) -> None:
    now = ids.now()
    early = _registered(now - timedelta(days=30))
    month = f"from={ids.stamp(now - timedelta(days=31))}&actor={KEY}"
    with counted() as calls:
        page = api.get(f"/v1/audit?{month}").ok()
    assert (page["data"], calls.count("Query")) == ([], 4 * audit.DAYS_A_PAGE)
    assert _who(_all(api, month)) == [early]


def test_what_the_system_and_imports_do_is_by_entity_only(api: Api, cloud: Cloud) -> None:
    at = ids.now()
    imported, by_mail = _registered(at, bulk=True), _registered(at, key="system")
    assert _all(api, "type=customer.registered") == []
    for entity in (imported, by_mail):
        assert _who(_all(api, f"entity_id={entity}")) == [entity]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "bad_range"),
        ("from=2026-01-01T00:00:00Z&to=2026-02-02T00:00:00Z", "bad_range"),
        ("entity_id=cus_01J00000000000000000000000&from=2026-01-01T00:00:00Z", "one_filter"),
        ("type=mail.received", "not_audited"),
        ("type=customer", "string_pattern_mismatch"),
        ("actor=ada", "string_pattern_mismatch"),
        ("entity_id=CUS%231", "string_pattern_mismatch"),
    ],
)
def test_what_cannot_be_asked_is_422(api: Api, query: str, code: str) -> None:
    (param,) = api.get(f"/v1/audit?{query}").problem(422, "invalid")["invalid_params"]
    assert param["code"] == code


def test_it_has_a_scope_of_its_own(cloud: Cloud) -> None:
    caller("customers:read", "keys:read").get("/v1/audit").problem(403, "missing_scope")
    caller("audit:read").get("/v1/audit").ok()
