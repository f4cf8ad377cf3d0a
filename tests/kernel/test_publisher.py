"""The publisher: what it puts on the bus, what it keeps back, and what it does when the bus refuses."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from chalicelib.kernel import aws
from chalicelib.kernel.errors import Unavailable
from tests.api import Api
from tests.cloud import Cloud, invoke
from tests.faults import answering

PUBLISHER = "chalicelib.kernel.publisher:publisher"
SECRETS = ("ada@example.org", "Lovelace", "a private word", "4711")
ENVELOPE = {
    "id", "type", "version", "occurred_at", "recorded_at", "customer_id", "channel", "actor", "bulk", "data",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


def test_events_are_published_in_their_envelope_without_what_is_private(api: Api, cloud: Cloud) -> None:
    ada = api.post(
        "/v1/customers",
        {"name": "Ada Lovelace", "emails": ["ada@example.org"], "external_ids": {"erp": "4711"}},
    ).ok(201)
    api.patch(f"/v1/customers/{ada['id']}", {"company": "a private word"}).ok()
    interaction = {"channel": "phone", "direction": "inbound", "summary": "a private word"}
    api.post(f"/v1/customers/{ada['id']}/interactions", interaction).ok(201)
    with answering(aws.events(), "PutEvents") as calls:
        cloud.publish()
    entries = [entry for call in calls for entry in call["Entries"]]
    about_ada = [json.loads(entry["Detail"]) for entry in entries if ada["id"] in entry["Detail"]]
    assert [event["type"] for event in about_ada] == [
        "customer.registered",
        "customer.updated",
        "interaction.logged",
    ]
    assert all(set(event) == ENVELOPE for event in about_ada)
    assert all(event["customer_id"] == ada["id"] for event in about_ada)
    assert about_ada[1]["data"]["changed"] == ["company"]
    assert about_ada[2]["channel"] == "phone"
    assert {(entry["Source"], entry["EventBusName"]) for entry in entries} == {("rapport", cloud["Bus"])}
    assert all(entry["DetailType"] == json.loads(entry["Detail"])["type"] for entry in entries)
    assert not [secret for secret in SECRETS if secret in json.dumps(entries)]


def test_running_twice_publishes_the_same_ids(api: Api, cloud: Cloud) -> None:
    api.post("/v1/customers", {"name": "Ada"}).ok(201)
    with answering(aws.events(), "PutEvents") as calls:
        cloud.publish(twice=True)
    first, second = calls
    assert first == second


def test_refused_entries_are_put_again_alone_and_in_order(cloud: Cloud) -> None:
    with answering(aws.events(), "PutEvents", _refusing(3, 1, 2), _refusing(2, 0)) as calls:
        assert invoke(PUBLISHER, _inserted("a", "b", "c")) == {"batchItemFailures": []}
    sent = [[json.loads(entry["Detail"])["id"] for entry in call["Entries"]] for call in calls]
    assert sent == [["a", "b", "c"], ["b", "c"], ["b"]]


def test_a_bus_that_keeps_refusing_brings_the_batch_again(cloud: Cloud) -> None:
    with (
        answering(aws.events(), "PutEvents", *[_refusing(1, 0)] * 9) as calls,
        pytest.raises(Unavailable),
    ):
        invoke(PUBLISHER, _inserted("a"))
    assert len(calls) == 4


def test_ten_entries_a_call(cloud: Cloud) -> None:
    with answering(aws.events(), "PutEvents") as calls:
        invoke(PUBLISHER, _inserted(*(f"{number}" for number in range(23))))
    assert [len(call["Entries"]) for call in calls] == [10, 10, 3]


def test_what_is_no_new_event_is_passed_over(cloud: Cloud) -> None:
    changed = _inserted("a")["Records"][0] | {"eventName": "MODIFY"}
    other = _inserted("b")["Records"][0]
    other["dynamodb"]["NewImage"]["sk"] = {"S": "PROFILE"}
    with answering(aws.events(), "PutEvents") as calls:
        assert invoke(PUBLISHER, {"Records": [changed, other]}) == {"batchItemFailures": []}
    assert calls == []


def _inserted(*ids: str) -> dict[str, Any]:
    """The stream's records of new events."""
    return {
        "Records": [
            {
                "eventName": "INSERT",
                "dynamodb": {
                    "NewImage": {
                        "pk": {"S": "P"},
                        "sk": {"S": f"EVT#{identifier}"},
                        "id": {"S": identifier},
                        "type": {"S": "customer.registered"},
                    }
                },
            }
            for identifier in ids
        ]
    }


def _refusing(entries: int, *places: int) -> dict[str, Any]:
    """An answer of PutEvents that refuses the entries at these places."""
    results = [
        {"ErrorCode": "Throttled"} if place in places else {"EventId": "1"} for place in range(entries)
    ]
    return {"FailedEntryCount": len(places), "Entries": results}
