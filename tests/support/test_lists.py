"""Lists of tickets: by every filter, alone and together, in both orders."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.support.lists import tickets

WHERE = {
    "status": ["open", "solved"],
    "priority": ["normal", "urgent"],
    "tag": ["vip", "a tag"],
}


def _ticket(api: Api, customer_id: str, **more: Any) -> Any:
    body = {"customer_id": customer_id, "channel": "phone", "subject": "Kettle", "text": "It leaks."}
    return api.post("/v1/tickets", body | more).ok(201)


@pytest.fixture
def crowd(api: Api, ada: Any) -> list[Any]:
    """Tickets of every kind, oldest first."""
    bob = api.post("/v1/customers", {"name": "Bob"}).ok(201)
    grace = api.post("/v1/staff", {"name": "Grace", "email": "grace@shop.example"}).ok(201)["id"]
    repairs = api.post("/v1/teams", {"name": "Repairs"}).ok(201)["id"]
    made = []
    kinds = itertools.product((ada["id"], bob["id"]), (None, grace), (None, repairs), ("normal", "urgent"))
    for place, (customer, assignee, team, priority) in enumerate(kinds):
        tags = [["vip"], ["a tag", "vip"], []][place % 3]
        given = {"assignee": assignee, "team": team, "priority": priority, "tags": tags}
        ticket = _ticket(api, customer, **given)
        if place % 4 == 1:
            ticket = api.patch(f"/v1/tickets/{ticket['id']}", {"status": "solved"}).ok()
        made.append(ticket)
    return made


def _expected(crowd: list[Any], asked: dict[str, Any]) -> list[str]:
    def matches(ticket: Any) -> bool:
        for name, value in asked.items():
            if name == "tag":
                if value not in ticket["tags"]:
                    return False
            elif (ticket[name] or "none") != value:
                return False
        return True

    return [one["id"] for one in reversed(crowd) if matches(one)]


def test_every_combination_of_filters(api: Api, crowd: list[Any]) -> None:
    staff = next(one["assignee"] for one in crowd if one["assignee"])
    team = next(one["team"] for one in crowd if one["team"])
    values: dict[str, list[Any]] = {
        **WHERE,
        "assignee": [staff, "none"],
        "team": [team, "none"],
        "customer_id": [crowd[0]["customer_id"]],
    }
    for count in (1, 2, 3):
        for names in itertools.combinations(values, count):
            asked = {name: values[name][count % len(values[name])] for name in names}
            query = "&".join(f"{name}={value.replace(' ', '%20')}" for name, value in asked.items())
            assert [one["id"] for one in tickets(api, f"?{query}&limit=100")] == _expected(crowd, asked), (
                query
            )


def test_a_page_of_one_filter_is_full_and_two_calls(api: Api, ada: Any, crowd: list[Any]) -> None:
    page = api.get("/v1/tickets?tag=vip&status=open&limit=3").ok()
    assert len(page["data"]) == 3
    assert page["next_cursor"]
    with counted() as calls:
        tickets(api, "?tag=vip&status=open")
    assert calls == ["Query", "BatchGetItem"]
    with counted() as calls:
        tickets(api, "?assignee=none&status=open")
    assert calls == ["Query"]


def test_by_update_the_oldest_change_comes_first(api: Api, cloud: Cloud, crowd: list[Any]) -> None:
    first = crowd[0]["id"]
    api.patch(f"/v1/tickets/{first}", {"priority": "low"}).ok()
    found = [one["id"] for one in tickets(api, "?sort=updated_at&limit=100")]
    assert (len(found), found[-1]) == (len(crowd), first)
    stamps = [one["updated_at"] for one in tickets(api, "?sort=updated_at&limit=100&status=open")]
    assert stamps == sorted(stamps)


def test_tags_move_the_ticket_between_lists(api: Api, ada: Any, cloud: Cloud) -> None:
    ticket = _ticket(api, ada["id"], tags=["old", "kept", "kept"])
    assert ticket["tags"] == ["old", "kept"]
    url = f"/v1/tickets/{ticket['id']}"
    api.patch(url, {"tags": ["kept", "new"], "status": "pending"}).ok()
    assert tickets(api, "?tag=old") == []
    assert [one["id"] for one in tickets(api, "?tag=new&status=pending")] == [ticket["id"]]
    assert [one["id"] for one in tickets(api, "?tag=kept")] == [ticket["id"]]
    assert tickets(api, "?tag=kept&status=open") == []
    api.patch(url, {"tags": [f"t{number}" for number in range(21)]}).problem(422, "invalid")
    places = [item["sk"] for item in cloud.items() if item["pk"] == f"TKT#{ticket['id']}"]
    assert sorted(one for one in places if one.startswith("LISTED")) == [
        "LISTED",
        "LISTED#kept",
        "LISTED#new",
    ]
