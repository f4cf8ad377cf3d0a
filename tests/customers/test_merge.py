"""Merging customers: one answers for both, and everything is found."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.customers import service as customers
from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.customers.merging import ADELE, merge, state, undo


def test_one_answers_for_both(api: Api, cloud: Cloud, ada: str, adele: str) -> None:
    with counted() as calls:
        after = merge(api, ada, adele).ok()
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
    after = merge(api, ada, adele, choices=choices).ok()
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
    merge(api, ada, adele).ok()
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
    for act in (merge, undo, merge, undo):
        act(api, ada, adele).ok()
        now = api.get(old).ok()["version"]
        for etag in seen:
            assert api.get(old, If_None_Match=etag).status == 200
            api.patch(old, {"company": "Looms"}, If_Match=etag).problem(412, "stale")
        seen.append(f'"{now}"')


def test_deleting_one_deletes_who_they_are_and_frees_all(
    api: Api, cloud: Cloud, ada: str, adele: str
) -> None:
    merge(api, ada, adele).ok()
    assert api.delete(f"/v1/customers/{adele}").status == 204
    assert state(cloud) == {}
    for customer_id in (ada, adele):
        api.get(f"/v1/customers/{customer_id}").problem(404, "no_such_customer")
    undo(api, ada, adele).problem(404, "no_such_customer")
    last = api.get(f"/v1/customers/{ada}/timeline").ok()["data"][0]
    assert last["data"] == {"customer_id": ada, "merged_ids": [adele]}
    api.post("/v1/customers", ADELE).ok(201)


def test_an_identity_that_is_shown_nowhere_can_be_shown_and_is_never_anothers(
    api: Api, ada: str, adele: str
) -> None:
    merge(api, ada, adele).ok()
    api.post("/v1/customers", {"external_ids": {"shop": "2"}}).problem(409, "identity_taken")
    after = api.patch(f"/v1/customers/{ada}", {"external_ids": {"shop": "2"}}).ok()
    assert api.get("/v1/customers?external_id=shop:2").ok()["data"] == [after]
    assert api.get("/v1/customers?external_id=shop:1").ok()["data"] == []


def test_events_tell_the_bus_who_and_the_table_what(api: Api, ada: str, adele: str) -> None:
    merge(api, ada, adele).ok()
    undo(api, ada, adele).ok()
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
        merge(api, ada, adele).ok()
        undo(api, ada, adele).ok()
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
