"""Idempotency-Key: one effect and one answer, however often the request comes."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.kernel import aws, table
from chalicelib.kernel.http import idempotency
from tests.api import Api
from tests.cloud import Cloud
from tests.conftest import caller
from tests.faults import answering, refusal

ADA = {"name": "Ada", "emails": ["ada@example.org"]}


def test_a_repeat_gets_the_first_answer_and_has_no_effect(api: Api, cloud: Cloud) -> None:
    first = api.post("/v1/customers", ADA, Idempotency_Key="k")
    items = len(cloud.items())
    again = api.post("/v1/customers", ADA, Idempotency_Key="k")
    assert (again.status, again.text) == (first.status, first.text)
    for header in ("ETag", "Location"):
        assert again.headers[header] == first.headers[header]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(cloud.items()) == items


@pytest.mark.parametrize(
    "other", [("/v1/customers", {"name": "Bob"}), ("/v1/teams", ADA), ("/v1/teams", {"name": "A"})]
)
def test_another_request_under_the_key_is_409(api: Api, other: tuple[str, Any]) -> None:
    api.post("/v1/customers", ADA, Idempotency_Key="k").ok(201)
    assert api.post(*other, Idempotency_Key="k").status in (409, 422)
    api.post("/v1/customers", {"name": "Ada"}, Idempotency_Key="k").problem(409, "idempotency_key_reused")


def test_another_caller_has_keys_of_its_own(api: Api) -> None:
    first = api.post("/v1/teams", {"name": "A"}, Idempotency_Key="k").ok(201)
    assert caller("*").post("/v1/teams", {"name": "A"}, Idempotency_Key="k").ok(201)["id"] != first["id"]


def test_the_same_request_many_times_at_once_has_one_effect(api: Api, cloud: Cloud) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: api.post("/v1/customers", ADA, Idempotency_Key="k"), range(6)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert len([item for item in cloud.items() if item["sk"] == "PROFILE"]) == 1


def test_a_repeat_is_answered_though_it_would_fail_now(api: Api) -> None:
    """The first attempt committed and its answer was lost; the address it took is its own."""
    first = api.post("/v1/customers", ADA, Idempotency_Key="k").ok(201)
    api.delete(f"/v1/customers/{first['id']}")
    api.post("/v1/customers", ADA).ok(201)
    assert api.post("/v1/customers", ADA, Idempotency_Key="k").ok(201) == first


def test_a_repeat_is_answered_though_the_view_refuses_now(api: Api) -> None:
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)
    staff = api.post("/v1/staff", {"name": "Bo", "email": "bo@shop.example"}, Idempotency_Key="k").ok(201)
    call = {"channel": "phone", "direction": "inbound", "summary": "x"}
    url = f"/v1/customers/{ada['id']}/interactions"
    first = api.post(url, call, Idempotency_Key="k2").ok(201)
    api.delete(f"/v1/customers/{ada['id']}")
    assert api.post(url, call, Idempotency_Key="k2").ok(201) == first
    api.post(url, call).problem(404, "no_such_customer")
    assert staff["active"]


def test_a_failed_request_keeps_no_answer(api: Api) -> None:
    taken = api.post("/v1/customers", ADA).ok(201)
    api.post("/v1/customers", ADA, Idempotency_Key="k").problem(409, "identity_taken")
    api.delete(f"/v1/customers/{taken['id']}")
    api.post("/v1/customers", ADA, Idempotency_Key="k").ok(201)


def test_a_repeat_after_a_lost_answer_of_the_database(api: Api) -> None:
    with answering(aws.dynamodb(), "TransactWriteItems", refusal("InternalServerError", 500)):
        answer = api.post("/v1/customers", ADA, Idempotency_Key="k")
    answer.problem(503, "unavailable")
    assert answer.headers["Retry-After"] == "2"
    api.post("/v1/customers", ADA, Idempotency_Key="k").ok(201)


def test_a_secret_is_shown_once_and_stored_nowhere(api: Api, cloud: Cloud) -> None:
    body = {"name": "robot", "scopes": ["customers:read"]}
    first = api.post("/v1/keys", body, Idempotency_Key="k").ok(201)
    again = api.post("/v1/keys", body, Idempotency_Key="k")
    assert again.ok(201) == {"id": first["id"]}
    assert again.headers["Location"].endswith(first["id"])
    assert first["key"] not in str(cloud.items())
    assert first["key"].rsplit("_", 1)[1] not in str(cloud.items())


def test_a_long_answer_is_replayed_by_its_id(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "MAX_BODY", 50)
    first = api.post("/v1/customers", ADA, Idempotency_Key="k").ok(201)
    assert api.post("/v1/customers", ADA, Idempotency_Key="k").ok(201) == {"id": first["id"]}


def test_an_answer_that_expired_is_forgotten_though_it_still_lies_there(api: Api, cloud: Cloud) -> None:
    first = api.post("/v1/teams", {"name": "A"}, Idempotency_Key="k").ok(201)
    (record,) = [item for item in cloud.items() if item["sk"] == "IDM"]
    assert 0 <= time.time() + idempotency.LIFETIME - record["expires_at"] < 60
    expired = table.encode_item({**record, "expires_at": int(time.time()) - 1})
    aws.dynamodb().put_item(TableName=cloud["Table"], Item=expired)
    answer = api.post("/v1/teams", {"name": "A"}, Idempotency_Key="k")
    assert answer.ok(201)["id"] != first["id"]
    assert "Idempotency-Replayed" not in answer.headers


def test_only_a_post_has_one(api: Api) -> None:
    team = api.post("/v1/teams", {"name": "A"}).ok(201)
    for name in ("B", "C"):
        api.patch(f"/v1/teams/{team['id']}", {"name": name}, Idempotency_Key="k").ok()
    assert api.get(f"/v1/teams/{team['id']}").ok()["name"] == "C"


def test_the_record_holds_no_more_than_it_must(api: Api, cloud: Cloud) -> None:
    api.post("/v1/customers", ADA, Idempotency_Key="k").ok(201)
    (record,) = [item for item in cloud.items() if item["sk"] == "IDM"]
    assert set(record) == {"pk", "sk", "fingerprint", "status", "body", "headers", "expires_at"}
