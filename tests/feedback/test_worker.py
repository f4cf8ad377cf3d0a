"""The worker: whose a response is, what it makes, and what happens to bad, repeated and racing messages."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.kernel import ids
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.feedback.messages import message, raw_message

NOBODY = "cus_01J00000000000000000000000"
QUEUE = "FeedbackQueue"


def _leads(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get("/v1/customers?stage=lead").ok()["data"]
    return found


def _total(api: Api) -> int:
    return int(api.get("/v1/feedback/stats").ok()["responses"])


def test_a_customers_response_is_on_their_timeline(api: Api, cloud: Cloud) -> None:
    ada = api.post("/v1/customers", {"name": "Ada", "emails": ["ada@example.org"]}).ok(201)
    said = {"kind": "csat", "score": 5, "comment": "Lovely\n" * 100, "channel": "store"}
    accepted = api.post("/v1/feedback", {"customer_id": ada["id"], **said}).ok(202)
    cloud.pump()
    entry = api.get(f"/v1/customers/{ada['id']}/timeline?type=feedback.received").ok()["data"][0]
    assert entry["channel"] == "store"
    assert entry["customer_id"] == ada["id"]
    assert entry["data"] == {
        "feedback_id": accepted["id"],
        "survey": "default",
        "kind": "csat",
        "score": 5,
        "customer_id": ada["id"],
        "sentiment": "positive",
        "urgent": False,
        "has_topics": False,
    }
    assert entry["summary"].startswith("Lovely Lovely")
    assert len(entry["summary"]) == 200
    assert entry["occurred_at"] == api.get(f"/v1/feedback/{accepted['id']}").ok()["submitted_at"]


def test_a_known_address_in_any_case_is_its_customers(api: Api, cloud: Cloud) -> None:
    ada = api.post("/v1/customers", {"emails": ["ada@example.org"], "stage": "customer"}).ok(201)
    cloud.deliver(QUEUE, [message(email="ADA@Example.org")])
    (stored,) = api.get(f"/v1/feedback?customer_id={ada['id']}").ok()["data"]
    assert stored["customer_id"] == ada["id"]
    assert _leads(api) == []


def test_an_unknown_address_makes_a_lead(api: Api, cloud: Cloud) -> None:
    cloud.deliver(QUEUE, [message(email="new@example.org", comment="Hello")])
    (lead,) = _leads(api)
    assert lead["emails"] == ["new@example.org"]
    types = [entry["type"] for entry in api.get(f"/v1/customers/{lead['id']}/timeline").ok()["data"]]
    assert sorted(types) == ["customer.registered", "feedback.received"]
    assert "new@example.org" not in json.dumps([i for i in cloud.items() if i["pk"].startswith("FBK#")])


def test_ten_responses_of_one_new_address_make_one_lead(api: Api, cloud: Cloud) -> None:
    batch = [message(email=email) for email in ["new@example.org", "New@example.org"] * 5]
    with counted() as calls:
        assert cloud.deliver(QUEUE, batch) == set()
    first = ["BatchGetItem", "TransactWriteItems"]
    assert calls == [*first, "BatchGetItem", *first], "the second time the lead is known, and has a stage"
    (lead,) = _leads(api)
    assert len(api.get(f"/v1/feedback?customer_id={lead['id']}").ok()["data"]) == 10
    assert _total(api) == 10


def test_workers_at_the_same_time_make_one_lead(api: Api, cloud: Cloud) -> None:
    batches = [[message(email="new@example.org"), message(email=f"n{n}@example.org")] for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        failed = list(pool.map(lambda batch: cloud.deliver(QUEUE, batch), batches))
    assert failed == [set()] * 4
    assert len(_leads(api)) == 5
    assert _total(api) == 8


def test_an_unknown_customer_is_rejected_visibly_and_counted_nowhere(api: Api, cloud: Cloud) -> None:
    accepted = api.post("/v1/feedback", {"kind": "ces", "score": 3, "customer_id": NOBODY}).ok(202)
    cloud.pump(twice=True)
    stored = api.get(f"/v1/feedback/{accepted['id']}").ok()
    assert (stored["status"], stored["reason"]) == ("rejected", "unknown_customer")
    assert api.get("/v1/feedback").ok()["data"] == [stored]
    assert _total(api) == 0
    events = [item for item in cloud.items() if item["pk"] == f"FBK#{accepted['id']}" and "type" in item]
    assert [event["type"] for event in events] == ["feedback.rejected"]
    api.get(f"/v1/customers/{NOBODY}/timeline").problem(404, "no_such_customer")


@pytest.mark.parametrize("kinds_of_people", [1, 2, 3, 4, 5])
def test_a_batch_of_ten_is_two_calls(api: Api, cloud: Cloud, kinds_of_people: int) -> None:
    ada = api.post("/v1/customers", {"emails": ["ada@example.org"]}).ok(201)["id"]

    def person(n: int) -> dict[str, Any]:
        several: list[dict[str, Any]] = [
            {},
            {"customer_id": ada},
            {"customer_id": NOBODY},
            {"email": "ada@example.org"},
            {"email": f"new{n}@example.org"},
        ]
        return several[n % kinds_of_people]

    with counted() as calls:
        assert cloud.deliver(QUEUE, [message(survey=f"s{n % 3}", **person(n)) for n in range(10)]) == set()
    anonymous = kinds_of_people == 1
    assert calls == ([] if anonymous else ["BatchGetItem"]) + ["TransactWriteItems"]


def test_poison_fails_alone(api: Api, cloud: Cloud, caplog: pytest.LogCaptureFixture) -> None:
    good = [message() for _ in range(3)]
    newer = json.loads(message(comment="secret words")["Body"]) | {"version": 2}
    unversioned = {name: value for name, value in newer.items() if name != "version"}
    poison = [
        raw_message(body)
        for body in (
            "",
            "not json",
            "[]",
            "null",
            json.dumps(newer),
            json.dumps(unversioned),
            '{"version": 1}',
        )
    ]
    failed = cloud.deliver(QUEUE, [good[0], *poison, *good[1:]])
    assert failed == {one["MessageId"] for one in poison}
    assert _total(api) == 3
    logged = [vars(record) for record in caplog.records]
    codes = [record["code"] for record in logged if record["msg"] == "message failed"]
    assert sorted(codes) == ["unknown_message_version"] * 2 + ["unreadable_message"] * 5
    assert "secret words" not in str(logged)


def test_a_repeat_is_done_and_another_body_under_its_id_is_not(api: Api, cloud: Cloud) -> None:
    identifier = ids.keyed_id("fbk", "key_test", "k")
    first = message(identifier=identifier, email="new@example.org", custom={"a": 1.5, "b": "x"})
    later = message(ids.now(), identifier=identifier, email="new@example.org", custom={"a": 1.5, "b": "x"})
    other = message(identifier=identifier, email="other@example.org")
    assert cloud.deliver(QUEUE, [first, first, later]) == set()
    before = cloud.items()
    assert cloud.deliver(QUEUE, [later, other, first]) == {other["MessageId"]}
    assert cloud.items() == before, "nothing of the refused one was written, no lead either"


def test_of_two_bodies_under_one_id_in_a_batch_the_first_wins(api: Api, cloud: Cloud) -> None:
    identifier = ids.keyed_id("fbk", "key_test", "k")
    first, other = message(identifier=identifier), message(identifier=identifier, score=0)
    assert cloud.deliver(QUEUE, [first, other, message()]) == {other["MessageId"]}
    assert api.get(f"/v1/feedback/{identifier}").ok()["score"] == 9
    assert _total(api) == 2


def test_refused_messages_end_in_the_dead_letter_queue(api: Api, cloud: Cloud) -> None:
    cloud.sqs.send_message(QueueUrl=cloud[QUEUE], MessageBody="poison")
    for _ in range(8):
        (received,) = cloud.receive(QUEUE)
        assert cloud.deliver(QUEUE, [received])
        cloud.sqs.change_message_visibility(
            QueueUrl=cloud[QUEUE], ReceiptHandle=received["ReceiptHandle"], VisibilityTimeout=0
        )
    assert cloud.receive(QUEUE) == []
    assert [dead["Body"] for dead in cloud.receive("FeedbackDeadLetters")] == ["poison"]
