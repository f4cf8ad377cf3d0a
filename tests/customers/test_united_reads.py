"""What lies with merged customers is read as one: timeline, tickets, feedback."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud

Trio = tuple[str, str, str]


@pytest.fixture
def trio(api: Api) -> Trio:
    """Two customers who were merged into the first, each with calls that alternate in time."""
    made = [api.post("/v1/customers", {"name": f"N{number}"}).ok(201)["id"] for number in range(3)]
    for day in range(1, 10):
        call = {"channel": "phone", "direction": "inbound", "summary": f"Call {day}"}
        url = f"/v1/customers/{made[day % 3]}/interactions"
        api.post(url, {**call, "occurred_at": f"2026-01-0{day}T10:00:00Z"}).ok(201)
    for merged in made[1:]:
        api.post(f"/v1/customers/{made[0]}/merge", {"merged_id": merged}).ok()
    return made[0], made[1], made[2]


def _all(api: Api, url: str) -> list[Any]:
    found: list[Any] = []
    cursor = ""
    while True:
        page = api.get(url + cursor).ok()
        found += page["data"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


@pytest.mark.parametrize("which", [0, 1])
def test_a_timeline_is_that_of_all_under_every_id(api: Api, trio: Trio, which: int) -> None:
    url = f"/v1/customers/{trio[which]}/timeline"
    for limit in (1, 2, 4, 100):
        calls = _all(api, f"{url}?type=interaction&limit={limit}")
        assert [entry["summary"] for entry in calls] == [f"Call {day}" for day in range(9, 0, -1)]
        whole = _all(api, f"{url}?limit={limit}")
        assert len({entry["id"] for entry in whole}) == len(whole) == 9 + 3 + 2


def test_a_timeline_costs_one_call_and_for_merged_ones_one_more_for_each(api: Api, trio: Trio) -> None:
    alone = api.post("/v1/customers", {"name": "Alone"}).ok(201)["id"]
    for url, number in ((f"/v1/customers/{alone}", 1), (f"/v1/customers/{trio[0]}", 4)):
        with counted() as calls:
            api.get(f"{url}/timeline").ok()
        assert calls == ["Query"] * number
    api.get(f"/v1/customers/{alone[:-1]}{'0' if alone[-1] != '0' else '1'}/timeline").problem(
        404, "no_such_customer"
    )


def test_a_timeline_that_is_parted_while_it_is_read_goes_on(api: Api, trio: Trio) -> None:
    url = f"/v1/customers/{trio[0]}/timeline?type=interaction&limit=2"
    page = api.get(url).ok()
    for merged in trio[1:]:
        api.post(f"/v1/customers/{trio[0]}/merge/undo", {"merged_id": merged}).ok()
    rest = api.get(f"{url}&cursor={page['next_cursor']}").ok()
    assert [entry["summary"] for entry in rest["data"]] == ["Call 6", "Call 3"]


def test_the_history_of_a_deleted_customer_is_there_until_erased(api: Api) -> None:
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)["id"]
    api.delete(f"/v1/customers/{ada}")
    url = f"/v1/customers/{ada}/timeline?limit=1"
    assert [entry["type"] for entry in _all(api, url)] == ["customer.deleted", "customer.registered"]


def test_tickets_and_feedback_are_those_of_all(api: Api, cloud: Cloud, trio: Trio) -> None:
    for one in trio:
        ticket = {"customer_id": one, "channel": "phone", "subject": "Kettle", "text": "It leaks."}
        api.post("/v1/tickets", ticket).ok(201)
        api.post("/v1/feedback", {"customer_id": one, "kind": "nps", "score": 9}).ok(202)
    cloud.pump()
    for path in ("tickets", "feedback"):
        for one in trio:
            found = _all(api, f"/v1/{path}?customer_id={one}&limit=2")
            assert sorted(entry["customer_id"] for entry in found) == sorted(trio)
            assert len({entry["id"] for entry in found}) == 3
