"""Erasing somebody who was merged once, or is just being: nothing is left with whom they were taken for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.customers import burial, erasure, merge
from chalicelib.customers import service as customers
from chalicelib.customers.merge_model import MergeRequest
from chalicelib.customers.model import CustomerPatch
from chalicelib.kernel import ids
from chalicelib.kernel.commit import commit
from chalicelib.kernel.errors import NotFound, Stale
from chalicelib.kernel.work import Work
from tests.api import Api
from tests.cloud import Cloud
from tests.privacy.people import erase, traces

ADA = {"name": "Ada", "emails": ["ada@example.org"]}
QUIXOTINA = {
    "name": "Quixotina Zanzibar",
    "company": "Zanzibar Ltd",
    "emails": ["quixotina@example.org"],
    "external_ids": {"shop": "loyalty-4711"},
}


@pytest.fixture
def two(api: Api) -> tuple[str, str]:
    ada, quixotina = (api.post("/v1/customers", body).ok(201)["id"] for body in (ADA, QUIXOTINA))
    return ada, quixotina


def _merge(api: Api, survivor: str, merged: str) -> None:
    api.post(f"/v1/customers/{survivor}/merge", {"merged_id": merged}).ok()


def _undo(api: Api, survivor: str, merged: str) -> None:
    api.post(f"/v1/customers/{survivor}/merge/undo", {"merged_id": merged}).ok()


def _begin(api: Api, customer_id: str) -> Any:
    return api.post(f"/v1/customers/{customer_id}/erasure", {"confirm": customer_id}).ok(201)


def test_who_was_taken_for_another_leaves_nothing_there(api: Api, cloud: Cloud, two: tuple[str, str]) -> None:
    ada, quixotina = two
    _merge(api, ada, quixotina)
    api.patch(f"/v1/customers/{ada}", {"stage": "customer", "company": "Zanzibar & Daughters"}).ok()
    api.post(f"/v1/customers/{ada}/access-requests", {}).ok(201)
    cloud.pump()
    api.patch(f"/v1/customers/{ada}", {"company": "Zanzibar Ltd"}).ok()
    _undo(api, ada, quixotina)
    later = Work(now=ids.now() + timedelta(minutes=5))
    customers.change(later, ada, CustomerPatch(tags=["kept"]))
    commit(later)
    cloud.pump()
    certificate = erase(api, cloud, quixotina)
    assert traces(cloud) == []
    assert certificate["removed"]["merge_marks"] == 1
    assert certificate["removed"]["changes_emptied"] == 4
    assert certificate["removed"]["archives"] == 1
    latest = api.get(f"/v1/audit?entity_id={ada}").ok()["data"][0]
    assert latest["changes"] == {"tags": {"from": [], "to": ["kept"]}}
    assert api.get(f"/v1/customers/{ada}").ok()["emails"] == ADA["emails"]


def test_erasing_a_survivor_leaves_who_was_parted_alone(api: Api, cloud: Cloud, two: tuple[str, str]) -> None:
    ada, quixotina = two
    _merge(api, quixotina, ada)
    api.post(f"/v1/customers/{ada}/access-requests", {}).ok(201)
    _undo(api, quixotina, ada)
    cloud.pump()
    erase(api, cloud, quixotina)
    assert traces(cloud) == []
    assert api.get(f"/v1/customers/{ada}").ok()["emails"] == ADA["emails"]


def test_a_deleted_person_is_erased_whole_by_whichever_id(
    api: Api, cloud: Cloud, two: tuple[str, str]
) -> None:
    ada, quixotina = two
    _merge(api, ada, quixotina)
    cloud.pump()
    api.delete(f"/v1/customers/{ada}").ok(204)
    certificate = erase(api, cloud, quixotina)
    assert certificate["customer_ids"] == [ada, quixotina]
    assert certificate["removed"]["suppressions"] == 2
    assert traces(cloud) == []
    for body in (ADA, QUIXOTINA):
        again = api.post("/v1/customers", {"emails": body["emails"]}).ok(201)["id"]
        news = {"customer_id": again, "subject": "News", "text": "News"}
        mail = api.post("/v1/messages", news).ok(201)
        cloud.pump()
        assert api.get(f"/v1/messages/{mail['id']}").ok()["status"] == "suppressed"


def test_who_is_being_erased_is_not_merged_parted_or_deleted(api: Api, two: tuple[str, str]) -> None:
    ada, quixotina = two
    third = api.post("/v1/customers", {"name": "Third"}).ok(201)["id"]
    _merge(api, ada, third)
    _begin(api, ada)
    for survivor, merged in ((ada, quixotina), (quixotina, ada)):
        api.post(f"/v1/customers/{survivor}/merge", {"merged_id": merged}).problem(404, "erased")
    api.post(f"/v1/customers/{ada}/merge/undo", {"merged_id": third}).problem(404, "erased")
    api.delete(f"/v1/customers/{ada}").problem(404, "erased")


def test_a_merge_between_reading_and_marking_has_the_person_read_again(
    cloud: Cloud, api: Api, two: tuple[str, str]
) -> None:
    ada, quixotina = two
    work = Work()
    burial.bury(work, erasure.group(ada), ids.new_id("era", work.now))
    _merge(api, ada, quixotina)
    with pytest.raises(Stale):
        commit(work)
    again = Work()
    burial.bury(again, erasure.group(ada), ids.new_id("era", again.now))
    commit(again)


def test_a_merge_that_was_read_before_the_marking_fails(cloud: Cloud, api: Api, two: tuple[str, str]) -> None:
    ada, quixotina = two
    work = Work()
    merge.merge(work, ada, MergeRequest(merged_id=quixotina))
    _begin(api, quixotina)
    with pytest.raises(NotFound, match="erased"):
        commit(work)


def test_every_archive_goes_however_often_they_asked(api: Api, cloud: Cloud, two: tuple[str, str]) -> None:
    _, quixotina = two
    for _ in range(23):
        api.post(f"/v1/customers/{quixotina}/access-requests", {}).ok(201)
    cloud.pump()
    assert erase(api, cloud, quixotina)["removed"]["archives"] == 23
    assert traces(cloud) == []


def test_who_is_there_again_under_the_same_id_is_erased_too(
    api: Api, cloud: Cloud, two: tuple[str, str]
) -> None:
    """A step of an import that is taken again may register them once more while they are being erased."""
    _, quixotina = two
    cloud.pump()
    table = boto3.resource("dynamodb").Table(cloud["Table"])
    profile: Any = table.get_item(Key={"pk": f"CUS#{quixotina}", "sk": "PROFILE"})["Item"]
    begun = _begin(api, quixotina)
    work = Work()
    erasure.erase(work, quixotina)
    commit(work)
    table.put_item(Item=profile)
    cloud.pump()
    assert api.get(f"/v1/erasures/{begun['id']}").ok()["state"] == "settling"
