"""GET /v1/customers with filters: alone and combined, in order, and by how many calls."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

from chalicelib.customers import defining
from chalicelib.directory import fields
from chalicelib.kernel import pages
from chalicelib.kernel.kept import Kept
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.directory.finding import found, page, register

ORGANISATION = "org_01J00000000000000000000000"
STAGES = ("lead", "customer")
TAGS = ("vip", "chess")


@pytest.fixture
def listed_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if these custom fields were defined as filterable."""
    monkeypatch.setattr(
        fields, "filterable", lambda **_: {"size": "number", "member": "boolean", "colour": "choice"}
    )


def staff(api: Api) -> str:
    return str(api.post("/v1/staff", {"name": "Bo", "email": "bo@shop.example"}).ok(201)["id"])


def crowd(api: Api, cloud: Cloud) -> list[dict[str, Any]]:
    """Twelve customers who have all combinations of a few things, as the API shows them, newest first."""
    owner = staff(api)
    people = [
        {
            "name": f"C{n}",
            "stage": STAGES[n % 2],
            "tags": [TAGS[n // 2 % 2], *(["both"] if n % 3 else [])],
            "owner": owner if n % 4 else None,
            "custom": {"size": 38 + n % 2, "member": n % 3 == 0, "colour": "Blue", "note": "x"},
        }
        for n in range(12)
    ]
    ids = register(api, cloud, *people)
    return [api.get(f"/v1/customers/{one}").ok() for one in reversed(ids)]


def expected(people: list[dict[str, Any]], query: dict[str, Any]) -> list[str]:
    """Whom a query is to find, by looking at everybody."""
    name, _, value = query.get("field", "").partition(":")
    tests: dict[str, Any] = {
        "stage": lambda one, asked: one["stage"] == asked,
        "tag": lambda one, asked: asked in one["tags"],
        "owner": lambda one, asked: one["owner"] == asked,
        "created_from": lambda one, asked: one["created_at"] >= asked,
        "created_to": lambda one, asked: one["created_at"] < asked,
        "updated_from": lambda one, asked: one["updated_at"] >= asked,
        "updated_to": lambda one, asked: one["updated_at"] < asked,
        "field": lambda one, _: str(one["custom"][name]).lower() == value.lower(),
        "sort": lambda one, _: True,
    }
    those = [one for one in people if all(tests[name](one, asked) for name, asked in query.items())]
    by_update = query.get(
        "sort", "updated_at" if {"updated_from", "updated_to"} & set(query) else "created_at"
    )
    if by_update == "updated_at":
        those.sort(key=lambda one: (one["updated_at"], one["id"]))
    return [one["id"] for one in those]


@pytest.mark.usefixtures("listed_fields")
def test_any_filters_together_find_whom_they_name(api: Api, cloud: Cloud) -> None:
    people = crowd(api, cloud)
    for one in people[3:6]:
        time.sleep(0.002)
        api.patch(f"/v1/customers/{one['id']}", {"company": "Engines"}).ok()
    people = [api.get(f"/v1/customers/{one['id']}").ok() for one in people]
    choices = {
        "stage": STAGES,
        "tag": (*TAGS, "both"),
        "owner": tuple({one["owner"] for one in people} - {None}),
        "created_from": (people[8]["created_at"],),
        "created_to": (people[2]["created_at"],),
        "updated_from": (people[4]["updated_at"],),
        "updated_to": (people[4]["updated_at"],),
        "field": ("size:38", "member:true", "colour:Blue"),
        "sort": ("created_at", "updated_at"),
    }
    rng = random.Random(7)
    for _ in range(60):
        names = rng.sample(sorted(choices), rng.randint(1, 4))
        query = {name: rng.choice(choices[name]) for name in names}
        assert found(api, **query, limit=rng.choice((1, 3, 25))) == expected(people, query), query


def test_members_of_an_organisation_in_two_calls(api: Api, cloud: Cloud) -> None:
    engines = api.post("/v1/organisations", {"name": "Engines"}).ok(201)["id"]
    ada, _ = register(api, cloud, {"name": "Ada", "organisation_id": engines}, {"name": "Bob"})
    with counted() as calls:
        assert [one["id"] for one in page(api, organisation_id=engines)["data"]] == [ada]
    assert calls == ["Query", "BatchGetItem"]
    assert found(api, organisation_id=engines, stage="former") == []


def test_calls_of_lists(api: Api, cloud: Cloud) -> None:
    register(api, cloud, {"name": "Ada", "tags": ["vip"]})
    shards = ["Query"] * 4
    for query, calls in (
        ({}, shards),
        ({"stage": "lead"}, shards),
        ({"tag": "vip"}, [*shards, "BatchGetItem"]),
        ({"tag": "vip", "stage": "lead"}, [*shards, "BatchGetItem"]),
        ({"tag": "none"}, shards),
        ({"sort": "updated_at", "tag": "vip"}, shards),
    ):
        with counted() as made:
            page(api, **query)
        assert made == calls, query


def test_combined_filters_read_no_more_than_they_may(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [{"name": f"C{n}", "tags": ["vip"], "stage": STAGES[n == 0]} for n in range(12)]
    ids = register(api, cloud, *people)
    monkeypatch.setattr(pages, "MAX_EVALUATED", 8)
    first = page(api, tag="vip", stage="customer")
    assert first["data"] == []
    assert first["next_cursor"], "a short page that goes on"
    assert found(api, tag="vip", stage="customer") == [ids[0]]
    assert found(api, sort="updated_at", stage="customer") == [ids[0]]


def test_pages_are_stable_while_others_register(api: Api, cloud: Cloud) -> None:
    ids = register(api, cloud, *({"name": f"C{n}", "tags": ["vip"]} for n in range(7)))
    first = page(api, tag="vip", limit=3)
    api.delete(f"/v1/customers/{ids[5]}")
    register(api, cloud, {"name": "New", "tags": ["vip"]})
    rest = page(api, tag="vip", limit=50, cursor=first["next_cursor"])
    assert [one["id"] for one in first["data"] + rest["data"]] == ids[::-1]


def test_a_list_shows_nobody_who_left_it(api: Api, cloud: Cloud) -> None:
    ada, bob = register(api, cloud, {"name": "Ada", "tags": ["vip"]}, {"name": "Bob", "tags": ["vip"]})
    api.patch(f"/v1/customers/{ada}", {"tags": []}).ok()
    assert found(api, tag="vip") == [bob], "before the index knows"
    cloud.pump()
    assert found(api, tag="vip") == [bob]


def test_a_field_that_the_index_has_not_heard_of(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = Kept(defining.read)
    before.current()
    api.post("/v1/fields", {"name": "size", "kind": "number", "filterable": True}).ok(201)
    api.post("/v1/customers", {"name": "Ada", "custom": {"size": 38}}).ok(201)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(defining, "_kept", before)
        cloud.pump()
    assert [one["name"] for one in api.get("/v1/customers?field=size:38").ok()["data"]] == ["Ada"]


def test_fields_that_are_not_filterable(api: Api) -> None:
    problem = api.get("/v1/customers?field=size:38").problem(422, "invalid")
    assert problem["invalid_params"] == [
        {"name": "field", "reason": "is no field that customers are listed by", "code": "not_filterable"}
    ]


@pytest.mark.parametrize("tag", ["a#1", "a", "ü & co", "山田", "a:b/c?d=e"])
def test_any_tag_is_a_list_of_its_own(api: Api, cloud: Cloud, tag: str) -> None:
    [ada, _] = register(
        api, cloud, {"name": "Ada", "tags": [tag]}, {"name": "Bob", "tags": [f"{tag}#1", "b"]}
    )
    assert found(api, tag=tag) == [ada]
