"""Taking a merge back: both are as they were, but for what others changed since."""

from __future__ import annotations

from chalicelib.customers import recognition
from chalicelib.customers import service as customers
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.customers.merging import ADELE, made, merge, state, undo


def test_undo_restores_both_exactly(api: Api, cloud: Cloud, ada: str, adele: str) -> None:
    before = state(cloud)
    merge(api, ada, adele, choices={"name": "merged", "tags": "merged", "emails": "merged"}).ok()
    with counted() as calls:
        undone = undo(api, ada, adele).ok()
    assert calls == ["BatchGetItem", "BatchGetItem", "TransactWriteItems"]
    assert undone["left"] == []
    assert state(cloud) == before
    assert api.get(f"/v1/customers/{adele}").ok() == undone["restored"]
    assert api.get(f"/v1/customers/{ada}").ok() == undone["survivor"]
    newest = api.get("/v1/customers?sort=updated_at").ok()["data"]
    assert {one["id"] for one in newest} == {ada, adele}


def test_undo_keeps_what_others_changed_since_and_names_it(api: Api, ada: str, adele: str) -> None:
    merge(api, ada, adele).ok()
    url = f"/v1/customers/{ada}"
    api.patch(url, {"company": "Looms", "locale": "en", "tags": ["b", "a", "both", "new"]}).ok()
    api.patch(url, {"custom": {"size": "S"}, "emails": ["n@example.org", *_emails(api, ada)]}).ok()
    undone = undo(api, ada, adele).ok()
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
    merge(api, ada, adele).ok()
    url = f"/v1/customers/{ada}"
    api.patch(url, {"emails": ["ada@example.org"], "phones": []}).ok()
    bob = made(api, {"emails": ["ada@work.example"]})
    api.patch(url, {"external_ids": {"erp": None, "shop": "2"}}).ok()
    api.patch(url, {"external_ids": {"erp": "9"}}).ok()
    undone = undo(api, ada, adele).ok()
    assert {(one["field"], one["reason"], one["value"]) for one in undone["left"]} == {
        ("emails", "taken", "ada@work.example"),
        ("phones", "removed", "+442079460958"),
        ("external_ids.erp", "kept", "9"),
        ("external_ids.shop", "kept", "2"),
    }
    assert undone["survivor"]["external_ids"] == {"shop": "2", "erp": "9"}
    assert undone["restored"]["external_ids"] == {}
    assert undone["restored"]["emails"] == undone["restored"]["phones"] == []
    assert recognition.id_of_email("ada@work.example") == bob


def test_merges_are_flat_and_undone_last_first(api: Api, cloud: Cloud, ada: str, adele: str) -> None:
    third = made(api, {"name": "Third", "emails": ["third@example.org"]})
    first = state(cloud)
    merge(api, adele, third).ok()
    second = state(cloud)
    after = merge(api, ada, adele).ok()
    assert after["merged_ids"] == [adele, third]
    with counted() as calls:
        assert api.get(f"/v1/customers/{third}").ok() == after
    assert len(calls) == 2
    assert customers.group_of(third) == customers.group_of(ada) == [ada, adele, third]
    problem = undo(api, ada, third).problem(409, "merged_through")
    assert problem["customer_id"] == adele
    assert undo(api, ada, adele).ok()["left"] == []
    assert state(cloud) == second
    assert customers.group_of(third) == [adele, third]
    undo(api, adele, third).ok()
    assert state(cloud) == first
