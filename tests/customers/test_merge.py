"""Merging customers: one answers for both, everything is found, and it can be taken back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.customers import service as customers
from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work
from tests.api import Answer, Api
from tests.calls import counted
from tests.cloud import Cloud

ADA = {
    "name": "Ada",
    "emails": ["ada@example.org"],
    "external_ids": {"shop": "1"},
    "stage": "lead",
    "tags": ["a", "both"],
    "custom": {"size": "M", "shoe": 38},
}
ADELE = {
    "name": "Adele",
    "emails": ["ada@work.example"],
    "phones": ["+442079460958"],
    "external_ids": {"shop": "2", "erp": "9"},
    "company": "Engines",
    "stage": "customer",
    "tags": ["both", "b"],
    "custom": {"size": "L", "vip": True},
}
BOOKKEEPING = ("version", "updated_at")


def _made(api: Api, body: Any) -> str:
    return str(api.post("/v1/customers", body).ok(201)["id"])


@pytest.fixture
def ada(api: Api) -> str:
    return _made(api, ADA)


@pytest.fixture
def adele(api: Api) -> str:
    return _made(api, ADELE)


def _merge(api: Api, survivor: str, merged: str, **more: Any) -> Answer:
    return api.post(f"/v1/customers/{survivor}/merge", {"merged_id": merged, **more})


def _undo(api: Api, survivor: str, merged: str) -> Answer:
    return api.post(f"/v1/customers/{survivor}/merge/undo", {"merged_id": merged})


def _state(cloud: Cloud) -> dict[tuple[str, str], Any]:
    """All items but events, marks of what was, and keys, without what counts changes or tells their time."""
    kept = [item for item in cloud.items() if item["pk"].startswith(("CUS#", "IDY#"))]
    plain = [item for item in kept if not item["sk"].startswith(("EVT#", "WAS_"))]
    return {
        (item["pk"], item["sk"]): {
            name: value for name, value in item.items() if name not in (*BOOKKEEPING, "gsi2sk")
        }
        for item in plain
    }


def test_one_answers_for_both(api: Api, cloud: Cloud, ada: str, adele: str) -> None:
    with counted() as calls:
        after = _merge(api, ada, adele).ok()
    assert calls == ["BatchGetItem", "TransactWriteItems"]
    assert after["id"] == ada
    assert after["merged_ids"] == [adele]
    assert (after["name"], after["company"], after["stage"]) == ("Ada", "Engines", "customer")
    assert after["emails"] == ["ada@example.org", "ada@work.example"]
    assert after["external_ids"] == {"shop": "1", "erp": "9"}
    assert after["tags"] == ["a", "both", "b"]
    assert after["custom"] == {"size": "M", "shoe": 38, "vip": True}
    assert "merge" not in after
    for query in ("email=ada@work.example", "external_id=shop:2", "phone=%2B442079460958"):
        with counted() as calls:
            assert api.get(f"/v1/customers?{query}").ok()["data"] == [after]
        assert calls == ["GetItem"] * 3
    with counted() as calls:
        assert api.get(f"/v1/customers/{adele}").ok() == after
    assert calls == ["GetItem", "GetItem"]
    for lists in ("", "?sort=updated_at", "?stage=customer"):
        assert [one["id"] for one in api.get(f"/v1/customers{lists}").ok()["data"]] == [ada]


def test_choices_decide_field_by_field(api: Api, ada: str, adele: str) -> None:
    choices = {
        **{"name": "merged", "stage": "survivor", "tags": "merged", "emails": "merged"},
        **{"custom.size": "merged", "custom.vip": "survivor"},
    }
    request = {"merged_id": adele, "choices": choices}
    preview = api.post(f"/v1/customers/{ada}/merge/preview", request).ok()
    after = _merge(api, ada, adele, choices=choices).ok()
    assert (after["name"], after["stage"], after["tags"]) == ("Adele", "lead", ["both", "b"])
    assert after["emails"] == ["ada@work.example", "ada@example.org"]
    assert after["custom"] == {"size": "L", "shoe": 38}
    assert {**preview["result"], "updated_at": ""} == {**after, "updated_at": ""}


def test_a_preview_shows_both_and_writes_nothing(api: Api, cloud: Cloud, ada: str, adele: str) -> None:
    before = cloud.items()
    shown = api.post(f"/v1/customers/{ada}/merge/preview", {"merged_id": adele}).ok()
    assert cloud.items() == before
    assert (shown["survivor"]["id"], shown["merged"]["id"]) == (ada, adele)
    fields = {one.pop("field"): one for one in shown["fields"]}
    assert fields["name"] == {"survivor": "Ada", "merged": "Adele", "proposed": "Ada", "conflict": True}
    assert fields["company"] == {
        "survivor": None,
        "merged": "Engines",
        "proposed": "Engines",
        "conflict": False,
    }
    assert fields["custom.size"]["conflict"] is True
    assert fields["external_ids.shop"]["conflict"] is True
    assert fields["emails"]["proposed"] == ["ada@example.org", "ada@work.example"]
    assert "time_zone" not in fields


def test_the_old_id_acts_on_the_survivor(api: Api, ada: str, adele: str) -> None:
    _merge(api, ada, adele).ok()
    after = api.patch(f"/v1/customers/{adele}", {"company": "Looms"}).ok()
    assert (after["id"], after["company"]) == (ada, "Looms")
    api.post(f"/v1/customers/{adele}/identities", {"kind": "handle", "value": "x:ada"}).ok(201)
    assert api.get(f"/v1/customers/{ada}").ok()["handles"] == ["x:ada"]
    log = {"channel": "phone", "direction": "inbound", "summary": "Hello."}
    api.post(f"/v1/customers/{adele}/interactions", log).ok(201)


def test_an_etag_from_before_is_stale_under_the_old_id_and_again_after_the_undo(
    api: Api, ada: str, adele: str
) -> None:
    old = f"/v1/customers/{adele}"
    for stage in ("lead", "prospect", "customer"):
        api.patch(old, {"stage": stage}).ok()
    seen = [f'"{api.get(old).ok()["version"]}"']
    for act in (_merge, _undo, _merge, _undo):
        act(api, ada, adele).ok()
        now = api.get(old).ok()["version"]
        for etag in seen:
            assert api.get(old, If_None_Match=etag).status == 200
            api.patch(old, {"company": "Looms"}, If_Match=etag).problem(412, "stale")
        seen.append(f'"{now}"')


def test_undo_restores_both_exactly(api: Api, cloud: Cloud, ada: str, adele: str) -> None:
    before = _state(cloud)
    _merge(api, ada, adele, choices={"name": "merged", "tags": "merged", "emails": "merged"}).ok()
    with counted() as calls:
        undone = _undo(api, ada, adele).ok()
    assert calls == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    assert undone["left"] == []
    assert _state(cloud) == before
    assert api.get(f"/v1/customers/{adele}").ok() == undone["restored"]
    assert api.get(f"/v1/customers/{ada}").ok() == undone["survivor"]
    newest = api.get("/v1/customers?sort=updated_at").ok()["data"]
    assert {one["id"] for one in newest} == {ada, adele}


def test_undo_keeps_what_others_changed_since_and_names_it(api: Api, ada: str, adele: str) -> None:
    _merge(api, ada, adele).ok()
    url = f"/v1/customers/{ada}"
    api.patch(url, {"company": "Looms", "locale": "en", "tags": ["b", "a", "both", "new"]}).ok()
    api.patch(url, {"custom": {"size": "S"}, "emails": ["n@example.org", *_emails(api, ada)]}).ok()
    undone = _undo(api, ada, adele).ok()
    assert undone["left"] == [{"field": "company", "reason": "changed", "value": None}]
    after = undone["survivor"]
    assert (after["company"], after["locale"], after["stage"]) == ("Looms", "en", "lead")
    assert after["tags"] == ["a", "both", "new"]
    assert after["custom"] == {"size": "S", "shoe": 38}
    assert after["emails"] == ["n@example.org", "ada@example.org"]
    assert undone["restored"]["emails"] == ADELE["emails"]
    assert undone["restored"]["company"] == "Engines"


def _emails(api: Api, customer_id: str) -> list[str]:
    return list(api.get(f"/v1/customers/{customer_id}").ok()["emails"])


def test_identities_that_went_elsewhere_are_left_and_named(api: Api, ada: str, adele: str) -> None:
    _merge(api, ada, adele).ok()
    url = f"/v1/customers/{ada}"
    api.patch(url, {"emails": ["ada@example.org"], "phones": []}).ok()
    bob = _made(api, {"emails": ["ada@work.example"]})
    api.patch(url, {"external_ids": {"erp": None, "shop": "2"}}).ok()
    api.patch(url, {"external_ids": {"erp": "9"}}).ok()
    undone = _undo(api, ada, adele).ok()
    assert {(one["field"], one["reason"], one["value"]) for one in undone["left"]} == {
        ("emails", "taken", "ada@work.example"),
        ("phones", "removed", "+442079460958"),
        ("external_ids.erp", "kept", "9"),
        ("external_ids.shop", "kept", "2"),
    }
    assert undone["survivor"]["external_ids"] == {"shop": "2", "erp": "9"}
    assert undone["restored"]["external_ids"] == {}
    assert undone["restored"]["emails"] == undone["restored"]["phones"] == []
    assert customers.id_of_email("ada@work.example") == bob


def test_merges_are_flat_and_undone_last_first(api: Api, cloud: Cloud, ada: str, adele: str) -> None:
    third = _made(api, {"name": "Third", "emails": ["third@example.org"]})
    first = _state(cloud)
    _merge(api, adele, third).ok()
    second = _state(cloud)
    after = _merge(api, ada, adele).ok()
    assert after["merged_ids"] == [adele, third]
    with counted() as calls:
        assert api.get(f"/v1/customers/{third}").ok() == after
    assert len(calls) == 2
    assert customers.group_of(third) == customers.group_of(ada) == [ada, adele, third]
    problem = _undo(api, ada, third).problem(409, "merged_through")
    assert problem["customer_id"] == adele
    assert _undo(api, ada, adele).ok()["left"] == []
    assert _state(cloud) == second
    assert customers.group_of(third) == [adele, third]
    _undo(api, adele, third).ok()
    assert _state(cloud) == first


def test_what_cannot_be_merged_is_said_and_nothing_is_written(
    api: Api, cloud: Cloud, ada: str, adele: str
) -> None:
    third, gone = _made(api, {"name": "Third"}), _made(api, {"name": "Gone"})
    api.delete(f"/v1/customers/{gone}")
    _undo(api, ada, adele).problem(409, "not_merged")
    _merge(api, ada, adele).ok()
    before = cloud.items()
    _merge(api, ada, ada).problem(422, "invalid")
    _merge(api, ada, gone).problem(404, "no_such_customer")
    _merge(api, gone, ada).problem(404, "no_such_customer")
    assert _merge(api, ada, adele).problem(409, "already_merged")["customer_id"] == ada
    _merge(api, adele, ada).problem(409, "already_merged")
    assert _merge(api, third, adele).problem(409, "merged_elsewhere")["customer_id"] == ada
    _merge(api, ada, third, versions={"survivor": 1}).problem(409, "changed_meanwhile")
    _merge(api, ada, third, choices={"custom.none": "merged"}).problem(422, "invalid")
    _merge(api, ada, third, choices={"id": "merged"}).problem(422, "invalid")
    _undo(api, third, adele).problem(409, "merged_elsewhere")
    _undo(api, ada, gone).problem(404, "no_such_customer")
    _undo(api, ada, ada).problem(422, "invalid")
    assert cloud.items() == before


def test_at_once_one_merge_wins(api: Api, ada: str, adele: str) -> None:
    third = _made(api, {"name": "Third"})
    pairs = [(ada, adele), (adele, ada), (third, adele), (ada, adele)]
    with ThreadPoolExecutor(4) as pool:
        statuses = [answer.status for answer in pool.map(lambda pair: _merge(api, *pair), pairs)]
    assert set(statuses) <= {200, 409}
    assert statuses.count(200) in (1, 2), "third may take in who has just taken in another"
    groups = {tuple(customers.group_of(one)) for one in (ada, adele, third)}
    assert sorted(one for group in groups for one in group) == sorted((ada, adele, third))


def test_at_most_twenty_are_one(api: Api, ada: str) -> None:
    for number in range(20):
        _merge(api, ada, _made(api, {"name": f"N{number}"})).ok()
    _merge(api, ada, _made(api, {"name": "One more"})).problem(409, "too_many_merged")


def test_a_customer_who_would_have_too_many_identities_is_not_merged(api: Api, ada: str) -> None:
    other = _made(api, {"emails": [f"a{number}@example.org" for number in range(20)]})
    _merge(api, ada, other).problem(422, "too_many")


def test_deleting_one_deletes_who_they_are_and_frees_all(
    api: Api, cloud: Cloud, ada: str, adele: str
) -> None:
    _merge(api, ada, adele).ok()
    assert api.delete(f"/v1/customers/{adele}").status == 204
    assert _state(cloud) == {}
    for customer_id in (ada, adele):
        api.get(f"/v1/customers/{customer_id}").problem(404, "no_such_customer")
    _undo(api, ada, adele).problem(404, "no_such_customer")
    last = api.get(f"/v1/customers/{ada}/timeline").ok()["data"][0]
    assert last["data"] == {"customer_id": ada, "merged_ids": [adele]}
    api.post("/v1/customers", ADELE).ok(201)


def test_an_identity_that_is_shown_nowhere_can_be_shown_and_is_never_anothers(
    api: Api, ada: str, adele: str
) -> None:
    _merge(api, ada, adele).ok()
    api.post("/v1/customers", {"external_ids": {"shop": "2"}}).problem(409, "identity_taken")
    after = api.patch(f"/v1/customers/{ada}", {"external_ids": {"shop": "2"}}).ok()
    assert api.get("/v1/customers?external_id=shop:2").ok()["data"] == [after]
    assert api.get("/v1/customers?external_id=shop:1").ok()["data"] == []


def test_events_tell_the_bus_who_and_the_table_what(api: Api, ada: str, adele: str) -> None:
    _merge(api, ada, adele).ok()
    _undo(api, ada, adele).ok()
    url = f"/v1/customers/{ada}/timeline?type=customer"
    unmerged, merged, _ = api.get(url).ok()["data"]
    assert merged["type"] == "customer.merged"
    assert merged["data"] == {"customer_id": ada, "merged_id": adele, "customer_version": 2}
    assert merged["details"]["changes"]["company"] == {"from": None, "to": "Engines"}
    assert unmerged["type"] == "customer.unmerged"
    assert unmerged["data"] == {"customer_id": ada, "merged_id": adele, "customer_version": 3}


@pytest.mark.parametrize("events", [5, 200])
def test_a_merge_costs_the_same_whatever_lies_with_them(api: Api, ada: str, adele: str, events: int) -> None:
    for _ in range(events // 50 + 1):
        work = Work()
        for _ in range(min(events, 50)):
            work.record(customers.partition(adele), _event(adele), customer_id=adele)
        commit(work)
    with counted() as calls:
        _merge(api, ada, adele).ok()
        _undo(api, ada, adele).ok()
    assert calls == [
        "BatchGetItem",
        "TransactWriteItems",
        "BatchGetItem",
        "BatchGetItem",
        "TransactWriteItems",
    ]


def _event(customer_id: str) -> Any:
    from chalicelib.timeline.events import InteractionLogged

    return InteractionLogged(customer_id=customer_id, channel="phone", direction="inbound")
