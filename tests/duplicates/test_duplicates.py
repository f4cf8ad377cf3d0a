"""Candidates: found by the worker, listed, dismissed for good, gone when they are not true any more."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.duplicates import service, store
from chalicelib.kernel import ids, table
from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.memory import caller

QUEUE = "DuplicatesQueue"
ADA = {"name": "Ada Lovelace", "emails": ["ada@example.org"]}
TWIN = {"name": "Ada Lovelace", "emails": ["ada+shop@example.org"]}


def add(api: Api, cloud: Cloud, *bodies: dict[str, Any]) -> list[str]:
    made = [api.post("/v1/customers", body).ok(201)["id"] for body in bodies]
    cloud.pump()
    return made


def listed(api: Api, query: str = "") -> list[Any]:
    found: list[Any] = api.get(f"/v1/duplicates{query}").ok()["data"]
    return found


def hint(customer_id: str, kind: str = "customer.updated", **data: str) -> dict[str, Any]:
    detail = {"id": "evt_1", "type": kind, "customer_id": customer_id, "data": data}
    return {"Body": json.dumps({"detail": detail}), "MessageId": ids.ulid(ids.now())}


def test_two_entries_of_one_person_are_listed_with_reasons_and_names(api: Api, cloud: Cloud) -> None:
    made = add(api, cloud, ADA, TWIN, {"name": "Bo Weber", "emails": ["bo@example.net"]})
    (pair,) = listed(api)
    assert pair["customer_ids"] == sorted(made[:2])
    assert [one["name"] for one in pair["customers"]] == ["Ada Lovelace"] * 2
    assert {one["code"] for one in pair["reasons"]} == {"email_variant", "same_name_and_domain"}
    assert pair["score"] == 94
    for one in made[:2]:
        assert listed(api, f"?customer_id={one}&min_score=90") == [pair]
    assert listed(api, f"?customer_id={made[2]}") == []
    assert listed(api, "?min_score=95") == []


def test_the_likeliest_come_first_and_pages_hold_each_once(api: Api, cloud: Cloud) -> None:
    add(api, cloud, *({"emails": [f"ada+{number}@example.org"]} for number in range(4)), ADA)
    found: list[Any] = []
    cursor = ""
    while True:
        page = api.get(f"/v1/duplicates?limit=3{cursor}").ok()
        found += page["data"]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len({one["id"] for one in found}) == len(found) == 10
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)


def test_repeats_in_any_order_find_the_same(api: Api, cloud: Cloud) -> None:
    for body in (ADA, TWIN):
        api.post("/v1/customers", body).ok(201)
    cloud.pump(twice=True, seed=3)
    (pair,) = listed(api)
    assert pair["version"] == 1


def test_a_dismissed_pair_stays_dismissed(api: Api, cloud: Cloud) -> None:
    ada, twin = add(api, cloud, ADA, TWIN)
    (pair,) = listed(api)
    url = f"/v1/duplicates/{pair['id']}/dismiss"
    assert api.post(url).ok()["state"] == "dismissed"
    assert api.post(url).ok()["version"] == 2, "nothing changed"
    for one in (ada, twin):
        api.patch(f"/v1/customers/{one}", {"company": "Engines"}).ok()
    cloud.pump()
    assert listed(api) == listed(api, f"?customer_id={ada}") == []
    (entry,) = api.get(f"/v1/customers/{min(ada, twin)}/timeline?type=duplicate").ok()["data"]
    assert entry["data"] == {"duplicate_id": pair["id"], "customer_id": ada, "other_id": twin}


def test_a_pair_follows_what_changes(api: Api, cloud: Cloud) -> None:
    ada, twin = add(api, cloud, ADA, TWIN)
    api.patch(f"/v1/customers/{twin}", {"name": "Kurt Weber"}).ok()
    cloud.pump()
    (pair,) = listed(api)
    assert (pair["score"], pair["version"], pair["reasons"][-1]["code"]) == (56, 2, "different_names")
    api.patch(f"/v1/customers/{twin}", {"emails": ["kurt@weber.example"]}).ok()
    cloud.pump()
    assert listed(api) == []
    api.patch(f"/v1/customers/{twin}", TWIN).ok()
    cloud.pump()
    assert len(listed(api, f"?customer_id={ada}")) == 1


def test_a_deleted_customer_leaves_nothing_behind(api: Api, cloud: Cloud) -> None:
    ada, _ = add(api, cloud, ADA, TWIN)
    api.delete(f"/v1/customers/{ada}")
    assert listed(api) == [], "at once, whatever the worker did yet"
    cloud.pump()
    left = [item for item in cloud.items() if item["pk"].startswith(("BLOCK#", "DUP#")) and ada in str(item)]
    assert left == []
    assert table.get(store.placement_key(ada)) is None


def _state(duplicate_id: str) -> str | None:
    pair = store.get(duplicate_id)
    return pair.state if pair else None


def test_merged_and_parted_again_they_are_known_to_be_two(api: Api, cloud: Cloud) -> None:
    ada, twin = add(api, cloud, ADA, TWIN)
    (pair,) = listed(api)
    api.post(f"/v1/customers/{ada}/merge", {"merged_id": twin}).ok()
    assert listed(api) == [], "at once, whatever the worker did yet"
    cloud.pump(twice=True)
    assert _state(pair["id"]) == "merged"
    api.post(f"/v1/duplicates/{pair['id']}/dismiss").problem(409, "already_merged")
    api.post(f"/v1/customers/{ada}/merge/undo", {"merged_id": twin}).ok()
    cloud.pump(twice=True)
    assert _state(pair["id"]) == "dismissed"
    assert listed(api) == []


def test_what_does_not_matter_costs_one_call_a_batch(api: Api, cloud: Cloud) -> None:
    made = add(api, cloud, ADA, TWIN)
    with counted() as calls:
        cloud.deliver(QUEUE, [hint(one) for one in made * 3])
    assert calls == ["BatchGetItem"]


def test_a_customer_costs_twelve_calls_at_most(api: Api, cloud: Cloud) -> None:
    rich = {
        **ADA,
        "emails": ["ada@example.org", "ada@engines.example"],
        "phones": ["+442079460958", "+493012345678"],
        "company": "Engines",
    }
    ada = api.post("/v1/customers", rich).ok(201)["id"]
    with counted() as calls:
        assert cloud.deliver(QUEUE, [hint(ada)]) == set()
    assert calls == ["BatchGetItem", "TransactWriteItems", *["Query"] * 8, "TransactWriteItems"]


def test_what_is_no_event_fails_alone(api: Api, cloud: Cloud) -> None:
    made = add(api, cloud, ADA)
    assert cloud.deliver(QUEUE, [{"Body": "?", "MessageId": "bad"}, hint(made[0])]) == {"bad"}


def test_erasure_takes_all_and_export_names_no_other(api: Api, cloud: Cloud) -> None:
    ada, twin = add(api, cloud, ADA, TWIN)
    (told,) = service.export_of(ada)
    assert (told["kind"], told["state"]) == ("duplicate", "open")
    assert twin not in str(told)
    while True:
        work = Work()
        if not service.erase(work, ada):
            break
        commit(work)
    left = [item for item in cloud.items() if ada in str(item)]
    assert not [item for item in left if item["pk"].startswith(("DUP#", "BLOCK#"))]
    assert not [item for item in left if "DUPLICATES" in item["sk"]]


def test_reading_does_not_allow_to_dismiss(api: Api, cloud: Cloud) -> None:
    add(api, cloud, ADA, TWIN)
    reader = caller("customers:read")
    (pair,) = reader.get("/v1/duplicates").ok()["data"]
    reader.post(f"/v1/duplicates/{pair['id']}/dismiss").problem(403, "missing_scope")
    api.post("/v1/duplicates/dup_01J00000000000000000000000/dismiss").problem(404, "no_such_duplicate")
