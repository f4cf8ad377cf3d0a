"""A customer's identities one by one: added, removed, made the primary, found by, and never held twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.customers import recognition
from chalicelib.customers.identity import MAX_OF_A_KIND, Identity
from chalicelib.kernel import config
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud

ADA = {
    "name": "Ada",
    "emails": ["ada@example.org", "ada@work.example"],
    "phones": ["+442079460958"],
    "external_ids": {"shop": "7"},
    "handles": ["instagram:Ada"],
}


@pytest.fixture
def url(api: Api) -> str:
    ada = api.post("/v1/customers", ADA).ok(201)
    return f"/v1/customers/{ada['id']}"


def _listed(api: Api, url: str) -> list[tuple[str, str, bool]]:
    found = api.get(f"{url}/identities").ok()["data"]
    return [(one["kind"], one["value"], one["primary"]) for one in found]


def _id_of(api: Api, url: str, value: str) -> str:
    (found,) = [one["id"] for one in api.get(f"{url}/identities").ok()["data"] if one["value"] == value]
    return str(found)


def test_all_of_them_are_listed_the_primary_first(api: Api, url: str) -> None:
    with counted() as calls:
        listed = _listed(api, url)
    assert calls == ["GetItem"]
    assert listed == [
        ("email", "ada@example.org", True),
        ("email", "ada@work.example", False),
        ("phone", "+442079460958", True),
        ("handle", "instagram:Ada", True),
        ("external", "shop:7", True),
    ]


@pytest.mark.parametrize(
    ("kind", "given", "kept", "look_up"),
    [
        ("email", "Ada@New.Example", "Ada@new.example", {"email": "ada@new.example"}),
        ("phone", "+49 30 123456", "+4930123456", {"phone": "+49 30 123456"}),
        ("external", "erp:a:b", "erp:a:b", {"external_id": "erp:a:b"}),
        ("handle", "mastodon:ada", "mastodon:ada", {"handle": "mastodon:ADA"}),
    ],
)
def test_one_is_added_found_by_and_removed(
    api: Api, url: str, kind: str, given: str, kept: str, look_up: Any
) -> None:
    with counted() as calls:
        added = api.post(f"{url}/identities", {"kind": kind, "value": given}).ok(201)
    assert calls == ["GetItem", "TransactWriteItems"]
    assert (added["kind"], added["value"]) == (kind, kept)
    with counted() as calls:
        found = recognition.look_up(**look_up)
    assert found is not None
    assert found.id == url.rsplit("/", 1)[1]
    assert calls == ["GetItem", "GetItem"]
    assert api.delete(f"{url}/identities/{added['id']}").status == 204
    assert recognition.look_up(**look_up) is None
    api.delete(f"{url}/identities/{added['id']}").problem(404, "no_such_identity")


def test_one_they_have_changes_nothing_unless_it_is_to_be_the_primary(api: Api, url: str) -> None:
    again = {"kind": "email", "value": "ADA@work.example"}
    assert api.post(f"{url}/identities", again).ok(201)["value"] == "ada@work.example"
    api.post(f"{url}/identities", {"kind": "external", "value": "shop:7"}).ok(201)
    assert api.get(url).ok()["version"] == 1
    assert api.post(f"{url}/identities", {**again, "primary": True}).ok(201)["primary"] is True
    assert api.get(url).ok()["emails"] == ["ada@work.example", "ada@example.org"]


def test_another_is_made_the_primary(api: Api, url: str) -> None:
    identity = _id_of(api, url, "ada@work.example")
    for _ in range(2):
        assert api.post(f"{url}/identities/{identity}/primary").ok()["primary"] is True
    after = api.get(url).ok()
    assert after["emails"] == ["ada@work.example", "ada@example.org"]
    assert after["version"] == 2, "the second time nothing changed"


def test_the_last_one_of_a_customer_without_a_name_stays(api: Api) -> None:
    only = api.post("/v1/customers", {"emails": ["only@example.org"]}).ok(201)
    url = f"/v1/customers/{only['id']}"
    identity = _id_of(api, url, "only@example.org")
    api.delete(f"{url}/identities/{identity}").problem(409, "nothing_to_know_by")


def test_what_another_has_is_refused_and_names_them(api: Api, url: str) -> None:
    bob = api.post("/v1/customers", {"name": "Bob"}).ok(201)
    for kind, value in (("email", "ADA@example.org"), ("external", "shop:7"), ("handle", "instagram:ada")):
        given = {"kind": kind, "value": value}
        problem = api.post(f"/v1/customers/{bob['id']}/identities", given).problem(409, "identity_taken")
        assert problem["customer_id"] == url.rsplit("/", 1)[1]


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("email", "nobody", "invalid_email"),
        ("email", f"{'x' * 250}@e.org", "invalid_email"),
        ("phone", "12", "invalid_phone"),
        ("phone", "x", "invalid_phone"),
        ("external", "shop", "invalid_external"),
        ("external", "Shop:7", "invalid_external"),
        ("external", f"shop:{'7' * 201}", "invalid_external"),
        ("handle", "ada", "invalid_handle"),
        ("handle", "x:a b", "invalid_handle"),
    ],
)
def test_what_is_none_is_422(api: Api, url: str, kind: str, value: str, code: str) -> None:
    problem = api.post(f"{url}/identities", {"kind": kind, "value": value}).problem(422, "invalid")
    assert [param["code"] for param in problem["invalid_params"]] == [code]


def test_a_second_id_of_one_source_is_refused(api: Api, url: str) -> None:
    api.post(f"{url}/identities", {"kind": "external", "value": "shop:8"}).problem(409, "source_has_id")


def test_there_are_twenty_of_a_kind_at_most(api: Api) -> None:
    many = [f"a{number}@example.org" for number in range(MAX_OF_A_KIND)]
    ids = {f"s{number}": "1" for number in range(MAX_OF_A_KIND)}
    made = api.post("/v1/customers", {"emails": many, "external_ids": ids}).ok(201)
    url = f"/v1/customers/{made['id']}/identities"
    api.post(url, {"kind": "email", "value": "more@example.org"}).problem(422, "too_many")
    api.post(url, {"kind": "external", "value": "more:1"}).problem(422, "too_many")


def _eighty(tell: str) -> dict[str, Any]:
    numbers = range(10, 10 + MAX_OF_A_KIND)
    return {
        "emails": [f"{tell}{number}@example.org" for number in numbers],
        "phones": [f"+4420794609{number}" if tell == "a" else f"+493012345{number}" for number in numbers],
        "handles": [f"x:{tell}{number}" for number in numbers],
        "external_ids": {f"s{number}": tell for number in numbers},
    }


def test_all_there_can_be_are_registered_and_deleted_but_not_exchanged_at_once(api: Api) -> None:
    made = api.post("/v1/customers", _eighty("a"), Idempotency_Key="one").ok(201)
    url = f"/v1/customers/{made['id']}"
    api.patch(url, _eighty("b")).problem(422, "too_many")
    api.patch(url, {"emails": _eighty("b")["emails"]}).ok()
    assert api.delete(url).status == 204


def test_a_stale_version_is_412(api: Api, url: str) -> None:
    given = {"kind": "email", "value": "x@example.org"}
    api.post(f"{url}/identities", given, If_Match='"7"').problem(412, "stale")


def test_of_twenty_registrations_at_once_one_wins_and_the_others_learn_who(api: Api) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: api.post("/v1/customers", {"emails": ["a@b.example"]}), range(20)))
    (won,) = [answer.json["id"] for answer in answers if answer.status == 201]
    lost = [answer.problem(409, "identity_taken") for answer in answers if answer.status != 201]
    assert [problem["customer_id"] for problem in lost] == [won] * 19


def test_plus_tags_are_told_apart_unless_that_is_set(api: Api, cloud: Cloud, monkeypatch: Any) -> None:
    assert Identity.of_email("Ada+x@example.org") != Identity.of_email("ada@example.org")
    monkeypatch.setenv("RAPPORT_FOLD_PLUS_TAGS", "yes")
    config.settings.cache_clear()
    assert Identity.of_email("+x@example.org").value == "+x@example.org", "there is no address without it"
    ada = api.post("/v1/customers", {"emails": ["Ada+news@example.org"]}).ok(201)
    assert ada["emails"] == ["Ada+news@example.org"], "shown and mailed as it was given"
    assert api.get("/v1/customers?email=ada%2Bshop@example.org").ok()["data"] == [ada]
    api.post("/v1/customers", {"emails": ["ada@example.org"]}).problem(409, "identity_taken")
    assert recognition.id_of_email("ada+other@example.org") == ada["id"]
