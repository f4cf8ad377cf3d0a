"""An organisation's timeline is the union of its members'."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.timeline import organisations
from tests.api import Api
from tests.calls import counted

CALL = {"channel": "phone", "direction": "inbound", "summary": "Asked for a loom."}


@pytest.fixture
def engines(api: Api) -> str:
    return str(api.post("/v1/organisations", {"name": "Engines"}).ok(201)["id"])


def _customer(api: Api, engines: str, name: str) -> str:
    return str(api.post("/v1/customers", {"name": name, "organisation_id": engines}).ok(201)["id"])


def test_it_has_every_members_entries_once_newest_first(api: Api, engines: str) -> None:
    people = [_customer(api, engines, f"C{n}") for n in range(3)]
    other = api.post("/v1/customers", {"name": "Other"}).ok(201)["id"]
    for day in range(1, 7):
        at = f"2026-01-0{day}T08:00:00.000Z"
        for customer in (people[day % 3], other):
            api.post(f"/v1/customers/{customer}/interactions", {**CALL, "occurred_at": at}).ok(201)
    url = f"/v1/organisations/{engines}/timeline?type=interaction&limit=4"
    first = api.get(url).ok()
    rest = api.get(f"{url}&cursor={first['next_cursor']}").ok()
    entries: list[Any] = first["data"] + rest["data"]
    assert [entry["occurred_at"][8:10] for entry in entries] == ["06", "05", "04", "03", "02", "01"]
    assert {entry["customer_id"] for entry in entries} == set(people)
    assert (rest["next_cursor"], rest["partial"]) == (None, False)
    with counted() as calls:
        api.get(url).ok()
    assert calls == ["Query", "BatchGetItem", "Query", "Query", "Query"]


def test_a_large_ones_is_partial_and_says_so(api: Api, engines: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(organisations, "MAX_MEMBERS", 2)
    people = [_customer(api, engines, f"C{n}") for n in range(3)]
    page = api.get(f"/v1/organisations/{engines}/timeline").ok()
    assert page["partial"]
    assert [entry["customer_id"] for entry in page["data"]] == people[:0:-1]


def test_without_members_it_is_empty(api: Api, engines: str) -> None:
    page = api.get(f"/v1/organisations/{engines}/timeline").ok()
    assert page == {"data": [], "next_cursor": None, "partial": False}
    api.get(f"/v1/organisations/{engines[:-1]}{'0' if engines[-1] != '0' else '1'}/timeline").problem(
        404, "no_such_organisation"
    )
