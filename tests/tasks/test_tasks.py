"""Follow-ups: kept, changed, listed by due time for their owner, their customer and all."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work
from chalicelib.tasks import service as tasks
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.consent.statements import merge
from tests.memory import caller


@pytest.fixture
def sam(api: Api) -> str:
    return str(api.post("/v1/staff", {"name": "Sam", "email": "sam@shop.example"}).ok(201)["id"])


@pytest.fixture
def ada(api: Api) -> str:
    return str(api.post("/v1/customers", {"name": "Ada"}).ok(201)["id"])


def _add(api: Api, customer: str, owner: str, day: int = 1, **more: Any) -> Any:
    due = f"2031-01-{day:02d}T09:00:00Z"
    body = {"customer_id": customer, "owner": owner, "title": f"Call {day}", "due_at": due}
    return api.post("/v1/tasks", body | more).ok(201)


def _listed(api: Api, query: str) -> list[str]:
    """The titles of all pages of two."""
    found: list[str] = []
    cursor = ""
    while True:
        page = api.get(f"/v1/tasks?limit=2&{query}{cursor}").ok()
        found += [one["title"] for one in page["data"]]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def test_scopes_are_checked(cloud: Cloud) -> None:
    Api(None).get("/v1/tasks").problem(401, "unauthorized")
    caller("tasks:read").post("/v1/tasks", {}).problem(403, "missing_scope")


def test_a_task_is_added_and_on_the_timeline(api: Api, cloud: Cloud, ada: str, sam: str) -> None:
    with counted() as calls:
        task = _add(api, ada, sam, note="About the loom", remind_at="2030-12-31T09:00:00Z")
    assert calls == ["TransactWriteItems"]
    assert (task["state"], task["version"], task["owner"]) == ("open", 1, sam)
    assert api.get(f"/v1/tasks/{task['id']}").ok() == task
    scheduled, created = api.get(f"/v1/customers/{ada}/timeline?type=task").ok()["data"]
    assert (created["type"], created["summary"]) == ("task.created", "Call 1")
    assert scheduled["data"]["wake_at"] == "2030-12-31T09:00:00.000Z"
    published = [item["data"] for item in cloud.items() if item.get("type", "").startswith("task.")]
    assert "Call" not in str(published)


def test_without_an_owner_it_is_for_whoever_acts(api: Api, ada: str, sam: str) -> None:
    body = {"customer_id": ada, "title": "Call", "due_at": "2031-01-01T09:00:00Z"}
    problem = api.post("/v1/tasks", body).problem(422, "invalid")
    assert problem["invalid_params"][0]["name"] == "owner"
    assert api.post("/v1/tasks", body, Rapport_Actor=sam).ok(201)["owner"] == sam


def test_done_and_open_again(api: Api, ada: str, sam: str) -> None:
    url = f"/v1/tasks/{_add(api, ada, sam)['id']}"
    done = api.patch(url, {"state": "done"}, If_Match='"1"').ok()
    assert done["done_at"] == done["updated_at"]
    assert api.patch(url, {"state": "done"}).ok() == done, "nothing changed"
    api.patch(url, {"title": "Late"}, If_Match='"1"').problem(412, "stale")
    assert api.patch(url, {"state": "open", "title": "Again"}).ok()["done_at"] is None
    entries = api.get(f"/v1/customers/{ada}/timeline?type=task").ok()["data"]
    assert [one["type"] for one in entries] == ["task.changed", "task.changed", "task.done", "task.created"]
    assert entries[0]["details"]["changes"]["title"] == {"from": "Call 1", "to": "Again"}


def test_a_mistake_is_deleted(api: Api, ada: str, sam: str) -> None:
    url = f"/v1/tasks/{_add(api, ada, sam)['id']}"
    api.delete(url, If_Match='"7"').problem(412, "stale")
    assert api.delete(url).status == 204
    api.get(url).problem(404, "no_such_task")
    assert _listed(api, "") == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("owner", "stf_01J00000000000000000000000"),
        ("remind_at", "2020-01-01T00:00:00Z"),
        ("remind_at", "2099-01-01T00:00:00Z"),
        ("due_at", None),
        ("due_at", "2031-01-01"),
        ("title", ""),
        ("state", "late"),
    ],
)
def test_what_is_wrong_is_refused(api: Api, ada: str, sam: str, field: str, value: Any) -> None:
    task = _add(api, ada, sam)
    problem = api.patch(f"/v1/tasks/{task['id']}", {field: value}).problem(422, "invalid")
    assert problem["invalid_params"][0]["name"] == field
    assert api.get(f"/v1/tasks/{task['id']}").ok() == task


def test_an_unknown_customer_has_no_tasks(api: Api, sam: str) -> None:
    nobody = "cus_01J00000000000000000000000"
    body = {"customer_id": nobody, "owner": sam, "title": "Call", "due_at": "2031-01-01T09:00:00Z"}
    api.post("/v1/tasks", body).problem(404, "no_such_customer")
    api.get(f"/v1/tasks?customer_id={nobody}").problem(404, "no_such_customer")


def test_lists_are_in_the_order_of_due_times(api: Api, ada: str, sam: str) -> None:
    kim = api.post("/v1/staff", {"name": "Kim", "email": "kim@shop.example"}).ok(201)["id"]
    bob = api.post("/v1/customers", {"name": "Bob"}).ok(201)["id"]
    for day in (4, 2, 5):
        _add(api, ada, sam, day)
    _add(api, bob, sam, 3)
    _add(api, ada, kim, 1)
    done = _add(api, ada, sam, 6)["id"]
    api.patch(f"/v1/tasks/{done}", {"state": "done"}).ok()
    assert _listed(api, "") == ["Call 1", "Call 2", "Call 3", "Call 4", "Call 5"]
    assert _listed(api, f"owner={sam}") == ["Call 2", "Call 3", "Call 4", "Call 5"]
    assert _listed(api, f"customer_id={ada}") == ["Call 1", "Call 2", "Call 4", "Call 5"]
    assert _listed(api, f"customer_id={ada}&owner={kim}") == ["Call 1"]
    assert _listed(api, f"owner={sam}&state=all")[-1] == "Call 6"
    assert _listed(api, "state=done") == ["Call 6"]
    between = "due_from=2031-01-02T09:00:00Z&due_to=2031-01-04T09:00:00Z"
    assert _listed(api, between) == ["Call 2", "Call 3"]


def test_tasks_of_merged_customers_are_listed_together(api: Api, cloud: Cloud, ada: str, sam: str) -> None:
    twin = api.post("/v1/customers", {"name": "Ada L."}).ok(201)["id"]
    _add(api, twin, sam, 1)
    _add(api, ada, sam, 2)
    merge(api, f"/v1/customers/{ada}", f"/v1/customers/{twin}")
    for asked in (ada, twin):
        assert _listed(api, f"customer_id={asked}") == ["Call 1", "Call 2"]


def test_a_customers_tasks_are_summed_exported_and_erased(
    api: Api, cloud: Cloud, ada: str, sam: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tasks.summary_of(ada) == tasks.Summary(open=0, next_due_at=None)
    for day in (3, 1, 2):
        _add(api, ada, sam, day)
    first = api.get(f"/v1/tasks?customer_id={ada}").ok()["data"][0]
    summary = tasks.summary_of(ada).model_dump(mode="json")
    assert summary == {"open": 3, "next_due_at": first["due_at"]}
    api.patch(f"/v1/tasks/{first['id']}", {"state": "cancelled"}).ok()
    assert tasks.summary_of(ada).open == 2
    assert [one["title"] for one in tasks.export_of(ada)] == ["Call 1", "Call 2", "Call 3"]
    monkeypatch.setattr(tasks, "ROOM", 2)
    for expected in ({"tasks": 2}, {"tasks": 1}, {}):
        work = Work()
        assert tasks.erase(work, ada) == expected
        commit(work)
    assert [item for item in cloud.items() if item["sk"] == "TASK"] == []


def test_a_follow_up_on_a_ticket_is_its_customers(api: Api, ada: str, sam: str) -> None:
    opened = {"customer_id": ada, "channel": "phone", "subject": "Kettle", "text": "It leaks."}
    kettle, lamp = (api.post("/v1/tickets", opened).ok(201)["id"] for _ in range(2))
    due = {"owner": sam, "title": "Call back", "due_at": "2031-01-01T09:00:00Z"}
    made = api.post("/v1/tasks", due | {"ticket_id": kettle}).ok(201)
    assert (made["customer_id"], made["ticket_id"]) == (ada, kettle)
    _add(api, ada, sam)
    assert (
        _listed(api, f"ticket_id={kettle}")
        == _listed(api, f"ticket_id={kettle}&owner={sam}")
        == ["Call back"]
    )
    assert _listed(api, f"ticket_id={lamp}") == []
    assert len(_listed(api, f"customer_id={ada}")) == 2
    bob = api.post("/v1/customers", {"name": "Bob"}).ok(201)["id"]
    wrong = api.post("/v1/tasks", due | {"ticket_id": kettle, "customer_id": bob}).problem(422, "invalid")
    assert wrong["invalid_params"][0]["code"] == "not_the_tickets"
    api.post("/v1/tasks", due).problem(422, "invalid")
    api.post("/v1/tasks", due | {"ticket_id": "tkt_01J00000000000000000000000"}).problem(
        404, "no_such_ticket"
    )
    api.get("/v1/tasks?ticket_id=tkt_01J00000000000000000000000").problem(404, "no_such_ticket")


def test_a_ticket_shows_its_follow_ups_and_those_of_what_was_merged_into_it(
    api: Api, ada: str, sam: str
) -> None:
    opened = {"channel": "phone", "subject": "Kettle", "text": "It leaks."}
    bob = api.post("/v1/customers", {"name": "Bob"}).ok(201)["id"]
    kettle, lid = (api.post("/v1/tickets", opened | {"customer_id": one}).ok(201)["id"] for one in (ada, bob))
    due = {"owner": sam, "due_at": "2031-01-01T09:00:00Z"}
    api.post("/v1/tasks", due | {"ticket_id": kettle, "title": "Call back"}).ok(201)
    done = api.post("/v1/tasks", due | {"ticket_id": lid, "title": "Send a lid"}).ok(201)
    _add(api, ada, sam)
    url = f"/v1/tickets/{kettle}/tasks"
    with counted() as calls:
        assert _titles(api, url) == ["Call back"]
    assert calls == ["GetItem", "Query"]
    api.post(f"/v1/tickets/{kettle}/merge", {"from_id": lid}).ok()
    assert _titles(api, url) == ["Call back", "Send a lid"]
    assert _titles(api, f"/v1/tasks?ticket_id={kettle}") == ["Call back", "Send a lid"]
    assert _titles(api, f"/v1/tickets/{lid}/tasks") == ["Send a lid"]
    api.patch(f"/v1/tasks/{done['id']}", {"state": "done"}).ok()
    assert _titles(api, url) == ["Call back"]
    assert _titles(api, f"{url}?state=all") == ["Call back", "Send a lid"]
    api.get("/v1/tickets/tkt_01J00000000000000000000000/tasks").problem(404, "no_such_ticket")
    caller("tickets:read").get(url).problem(403, "missing_scope")


def _titles(api: Api, url: str) -> list[str]:
    return [one["title"] for one in api.get(url).ok()["data"]]
