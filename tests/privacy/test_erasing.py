"""Erasing a person: nothing of theirs is left anywhere, everybody else's is, and the certificate is exact."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from tests.api import Api
from tests.cloud import Cloud
from tests.conftest import caller
from tests.mailbox import outbox
from tests.privacy.people import Person, archive_of, erase, lines, somebody, traces, wake
from tests.privacy.test_dying import REMOVED


@pytest.fixture
def person(api: Api, cloud: Cloud) -> Person:
    return somebody(api, cloud)


def test_nothing_of_the_person_is_left(api: Api, cloud: Cloud, person: Person) -> None:
    assert traces(cloud)
    before = api.get("/v1/feedback/stats").ok()
    others = [item for item in cloud.items() if _is_of(item, person)]
    certificate = erase(api, cloud, person.id)
    assert traces(cloud) == []
    assert api.get("/v1/feedback/stats").ok() == before
    assert [item for item in cloud.items() if _is_of(item, person)] == others
    assert certificate["removed"].items() | {("archives", 1)} >= REMOVED.items()
    assert certificate["customer_ids"] == person.ids
    assert not [text for text in ("quixotina", "zanzibar") if text in json.dumps(certificate).lower()]


def _is_of(item: Any, person: Person) -> bool:
    """Whether it is the other person's."""
    text = json.dumps(item, default=str)
    return person.other in text or person.other_ticket in text


def test_a_response_keeps_what_is_counted(api: Api, cloud: Cloud, person: Person) -> None:
    erase(api, cloud, person.id)
    for response in person.responses:
        left = api.get(f"/v1/feedback/{response}").ok()
        kept = {name: left[name] for name in ("kind", "score", "survey", "channel", "status", "reduced")}
        assert kept == {
            "kind": "nps",
            "score": 3,
            "survey": "default",
            "channel": "web",
            "status": "received",
            "reduced": True,
        }
        assert (left["customer_id"], left["comment"], left["custom"]) == (None, None, {})


def test_any_id_of_a_merged_person_erases_all(api: Api, cloud: Cloud, person: Person) -> None:
    certificate = erase(api, cloud, person.twin)
    assert certificate["customer_ids"] == person.ids
    assert traces(cloud) == []


def test_an_erased_address_is_not_mailed_even_when_it_is_registered_again(
    api: Api, cloud: Cloud, person: Person
) -> None:
    erase(api, cloud, person.id)
    sent = len(outbox())
    again = api.post("/v1/customers", {"emails": ["quixotina@example.org"]}).ok(201)["id"]
    mail = api.post("/v1/messages", {"customer_id": again, "subject": "News", "text": "News"}).ok(201)
    cloud.pump()
    assert len(outbox()) == sent
    assert api.get(f"/v1/messages/{mail['id']}").ok()["status"] == "suppressed"


def test_asked_twice_it_is_one_job(api: Api, cloud: Cloud, person: Person) -> None:
    url, body = f"/v1/customers/{person.id}/erasure", {"confirm": person.id}
    first = api.post(url, body).ok(201)
    assert api.post(url, body).ok(201)["id"] == first["id"]
    cloud.pump()
    wake(cloud, first["id"])
    after = api.post(f"/v1/customers/{person.twin}/erasure", {"confirm": person.twin}).ok(201)
    assert (after["id"], after["state"]) == (first["id"], "finished")


def test_it_waits_and_looks_again(api: Api, cloud: Cloud, person: Person) -> None:
    begun = api.post(f"/v1/customers/{person.id}/erasure", {"confirm": person.id}).ok(201)
    cloud.pump()
    url = f"/v1/erasures/{begun['id']}"
    settling = api.get(url).ok()
    assert settling["state"] == "settling"
    api.get(f"{url}/certificate").problem(409, "not_finished")
    late = {"pk": f"CUS#{person.id}", "sk": "SUMMARY", "last": "zanzibar"}
    boto3.resource("dynamodb").Table(cloud["Table"]).put_item(Item=late)
    wake(cloud, begun["id"])
    assert api.get(url).ok()["state"] == "settling"
    wake(cloud, begun["id"])
    before = settling["removed"].get("other_items", 0)
    assert api.get(url).ok()["removed"] == settling["removed"] | {"other_items": before + 1}
    assert api.get(url).ok()["state"] == "finished"
    assert traces(cloud) == []


def test_delivered_twice_and_in_disorder_it_ends_the_same(api: Api, cloud: Cloud, person: Person) -> None:
    begun = api.post(f"/v1/customers/{person.id}/erasure", {"confirm": person.id}).ok(201)
    cloud.pump(twice=True, seed=7)
    wake(cloud, begun["id"])
    wake(cloud, begun["id"])
    removed = api.get(f"/v1/erasures/{begun['id']}/certificate").ok()["removed"]
    assert removed.items() | {("archives", 1)} >= REMOVED.items()


def test_a_late_response_of_an_erased_customer_is_reduced(api: Api, cloud: Cloud, person: Person) -> None:
    given = {"kind": "csat", "score": 2, "comment": "zanzibar late", "customer_id": person.twin}
    late = api.post("/v1/feedback", given).ok(202)["id"]
    messages = cloud.receive("FeedbackQueue")
    erase(api, cloud, person.id)
    assert cloud.deliver("FeedbackQueue", messages) == set()
    left = api.get(f"/v1/feedback/{late}").ok()
    assert (left["status"], left["score"], left["comment"], left["reduced"]) == ("received", 2, None, True)
    assert traces(cloud) == []


def test_a_repeated_response_that_was_reduced_is_known(api: Api, cloud: Cloud) -> None:
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)["id"]
    api.post("/v1/feedback", {"kind": "nps", "score": 9, "comment": "Fine", "customer_id": ada}).ok(202)
    messages = cloud.receive("FeedbackQueue")
    assert cloud.deliver("FeedbackQueue", messages) == set()
    erase(api, cloud, ada)
    before = cloud.items()
    assert cloud.deliver("FeedbackQueue", messages) == set()
    assert cloud.items() == before


def test_a_deleted_customer_can_be_erased(api: Api, cloud: Cloud) -> None:
    ada = api.post("/v1/customers", {"name": "Quixotina"}).ok(201)["id"]
    api.delete(f"/v1/customers/{ada}").ok(204)
    log = {"customer_id": ada, "kind": "comment", "comment": "x"}
    api.post("/v1/feedback", log).ok(202)
    cloud.pump()
    erase(api, cloud, ada)
    assert traces(cloud) == []


def test_the_addresses_of_a_deleted_customer_are_suppressed_unless_somebody_has_them(
    api: Api, cloud: Cloud
) -> None:
    emails = ["quixotina@example.org", "kept@example.org"]
    ada = api.post("/v1/customers", {"name": "Quixotina", "emails": emails}).ok(201)["id"]
    twin = api.post("/v1/customers", {"emails": ["quixotina.old@example.org"]}).ok(201)["id"]
    api.post(f"/v1/customers/{ada}/merge", {"merged_id": twin}).ok()
    api.delete(f"/v1/customers/{ada}").ok(204)
    heir = api.post("/v1/customers", {"emails": ["kept@example.org"]}).ok(201)["id"]
    access = api.post(f"/v1/customers/{ada}/access-requests", {}).ok(201)
    cloud.pump()
    told = archive_of(cloud, api.get(f"/v1/access-requests/{access['id']}").ok())[f"{ada}/profile.jsonl"]
    assert lines(told) == [{"kind": "deleted_profile", "emails": [*emails, "quixotina.old@example.org"]}]
    certificate = erase(api, cloud, ada)
    assert certificate["removed"]["suppressions"] == 2
    assert "suppressions" in [one["what"] for one in certificate["remains"]]
    assert traces(cloud) == []
    again = api.post("/v1/customers", {"emails": ["Quixotina@example.org"]}).ok(201)["id"]
    for customer_id, status in ((again, "suppressed"), (heir, "sent")):
        news = {"customer_id": customer_id, "subject": "News", "text": "News"}
        mail = api.post("/v1/messages", news).ok(201)
        cloud.pump()
        assert api.get(f"/v1/messages/{mail['id']}").ok()["status"] == status


def test_what_cannot_be_erased_is_said(api: Api, cloud: Cloud) -> None:
    nobody = "cus_01J00000000000000000000000"
    api.post(f"/v1/customers/{nobody}/erasure", {"confirm": nobody}).problem(404, "no_such_customer")
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)["id"]
    url = f"/v1/customers/{ada}/erasure"
    api.post(url, {"confirm": nobody}).problem(422, "invalid")
    api.post(url, {"confirm": ada, "reason": "Ada said so"}).problem(422, "invalid")
    api.get("/v1/erasures/era_01J00000000000000000000000").problem(404, "no_such_erasure")
    caller("privacy:read", "customers:write").post(url, {"confirm": ada}).problem(403, "missing_scope")
    api.get(f"/v1/customers/{ada}").ok()


def test_what_is_published_names_nobody(api: Api, cloud: Cloud, person: Person) -> None:
    erase(api, cloud, person.id)
    events = [item for item in cloud.items() if item["pk"].startswith("ERA#") and item["sk"] != "ERASURE"]
    assert [one["type"] for one in sorted(events, key=lambda one: str(one["sk"]))] == [
        "privacy.erasure_requested",
        "privacy.erasure_settling",
        "privacy.erasure_advanced",
        "privacy.erasure_finished",
    ]
    assert events[0]["actor"]["id"].startswith("key_")
    assert not any("private" in one for one in events)
