"""API keys: their life from creation to revocation, what they may grant, and how they are checked."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from unittest.mock import Mock

import pytest

from chalicelib.access import model, service, store
from chalicelib.kernel import aws, pages
from chalicelib.kernel.pages import Query
from tests.api import Api, authorize
from tests.cloud import Cloud, invoke
from tests.conftest import caller
from tests.faults import answering, refusal

READER = {"name": "reader", "scopes": ["customers:read"]}
SCOPES = list(get_args(model.Scope))
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_a_key_opens_what_its_scopes_say(api: Api) -> None:
    made = api.post("/v1/keys", READER).ok(201)
    assert made["key"].startswith("rk_")
    reader = Api(made["key"])
    reader.get("/v1/customers").ok()
    problem = reader.post("/v1/customers", {"name": "Ada"}).problem(403, "missing_scope")
    assert problem["scope"] == "customers:write"


def test_a_key_is_shown_once_and_only_its_hash_is_kept(api: Api, cloud: Cloud) -> None:
    made = api.post("/v1/keys", READER).ok(201)
    shown = api.get(f"/v1/keys/{made['id']}").ok()
    assert shown == {name: value for name, value in made.items() if name != "key"}
    listed = api.get("/v1/keys").ok()["data"]
    assert listed[0] == shown
    assert "secret" not in str(listed)
    assert made["key"].split("_", 2)[2] not in str(cloud.items())


def test_keys_are_listed_newest_first_in_pages(api: Api) -> None:
    made = [api.post("/v1/keys", READER).ok(201)["id"] for _ in range(3)]
    page = api.get("/v1/keys?limit=2").ok()
    assert [key["id"] for key in page["data"]] == made[:0:-1]
    rest = api.get(f"/v1/keys?limit=2&cursor={page['next_cursor']}").ok()["data"]
    assert rest[0]["id"] == made[0]


def test_a_revoked_key_opens_nothing(api: Api) -> None:
    made = api.post("/v1/keys", READER).ok(201)
    assert api.delete(f"/v1/keys/{made['id']}").status == 204
    Api(made["key"]).get("/v1/customers").problem(401, "unauthorized")
    revoked = api.get(f"/v1/keys/{made['id']}").ok()
    assert revoked["revoked_at"]
    assert api.delete(f"/v1/keys/{made['id']}").status == 204, "twice is once"
    assert api.get(f"/v1/keys/{made['id']}").ok() == revoked
    api.delete("/v1/keys/key_01J00000000000000000000000").problem(404, "no_such_key")


def test_an_expired_key_opens_nothing(api: Api) -> None:
    until = datetime.now(UTC) + timedelta(minutes=1)
    made = api.post("/v1/keys", {**READER, "valid_until": until.isoformat()}).ok(201)
    Api(made["key"]).get("/v1/customers").ok()
    assert service.authenticate(made["key"], until - timedelta(seconds=1))
    assert service.authenticate(made["key"], until) is None


def test_no_key_is_born_expired(api: Api) -> None:
    api.post("/v1/keys", {**READER, "valid_until": "2020-01-01T00:00:00Z"}).problem(422, "expired")
    for far in ("9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"):
        api.post("/v1/keys", {**READER, "valid_until": far}).problem(422, "invalid")


def test_nobody_grants_more_than_they_have(cloud: Cloud) -> None:
    clerk = caller("keys:write", "customers:read")
    clerk.post("/v1/keys", READER).ok(201)
    for scopes in (["customers:write"], ["customers:read", "staff:act"], ["*"]):
        problem = clerk.post("/v1/keys", {"name": "x", "scopes": scopes}).problem(403, "missing_scope")
        assert "customers:read" not in problem["scopes"]


@pytest.mark.parametrize(
    "scopes", [[], ["customers"], ["customers:*"], "customers:read", [1], [*SCOPES, "*"]]
)
def test_scopes_are_those_there_are(api: Api, scopes: Any) -> None:
    api.post("/v1/keys", {"name": "x", "scopes": scopes}).problem(422, "invalid")


def test_a_key_may_have_each_scope_by_name(api: Api) -> None:
    made = api.post("/v1/keys", {"name": "all", "scopes": SCOPES}).ok(201)
    assert made["scopes"] == SCOPES
    Api(made["key"]).get("/v1/customers").ok()


def test_a_scope_named_twice_is_once(api: Api) -> None:
    made = api.post("/v1/keys", {"name": "x", "scopes": ["staff:read", "keys:read", "staff:read"]}).ok(201)
    assert made["scopes"] == ["staff:read", "keys:read"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: key[:-1] + ("A" if key[-1] != "A" else "B"),
        lambda key: key[:-1],
        lambda key: key + "A",
        lambda key: key.replace("rk_", "sk_"),
        lambda key: key.lower(),
        lambda key: "rk_01J00000000000000000000000_" + key.rsplit("_", 1)[1],
        lambda key: "rk__" + "A" * 43,
        lambda key: "rk_" + "A" * 5000,
        lambda key: "",
        lambda key: "\x00\ud800",
        lambda key: key + "\n",
    ],
    ids=range(11),
)
def test_a_garbled_or_unknown_key_is_401(api: Api, spoil: Any) -> None:
    assert api.key
    spoiled = spoil(api.key)
    if spoiled.strip() != api.key:
        Api(spoiled).get("/v1/customers").problem(401, "unauthorized")


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Basic YTpi", "{key}", "Bearer {key} x", "Bearer Bearer {key}"]
)
def test_another_scheme_is_refused(api: Api, header: str) -> None:
    arn = "arn:aws:execute-api:us-east-1:123456789012:abc/api/GET/v1/customers"
    event = {"type": "TOKEN", "methodArn": arn, "authorizationToken": header.format(key=api.key)}
    answer = invoke("chalicelib.access.authorizer:authorizer", event)
    (statement,) = answer["policyDocument"]["Statement"]
    assert statement["Resource"] == []
    assert answer["context"] == {}


def test_the_authorizers_policy_allows_every_path_since_it_is_cached(cloud: Cloud) -> None:
    key = caller("customers:read", "timeline:read").key
    assert key
    answer = authorize(key)
    (statement,) = answer["policyDocument"]["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Action"] == "execute-api:Invoke"
    assert [arn.split("/", 2)[-1] for arn in statement["Resource"]] == ["*/*"]
    assert all(":abc/api/" in arn for arn in statement["Resource"])
    assert answer["context"] == {"scopes": "customers:read timeline:read"}
    assert answer["principalId"].startswith("key_")
    assert key not in str(answer)


def test_the_secret_is_compared_in_constant_time(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    key = caller("*").key
    assert key
    compare = Mock(return_value=False)
    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert service.authenticate(key, NOW) is None
    compare.assert_called_once()
    assert model.hash_of(key.split("_", 2)[2]) in compare.call_args.args


def test_use_is_noted_once_an_hour_at_most(cloud: Cloud) -> None:
    key = caller("*").key
    assert key
    with answering(aws.dynamodb(), "UpdateItem") as writes:
        minutes = [timedelta(minutes=number) for number in (0, 1, 59, 60, 61, 62, 130)]
        assert all(service.authenticate(key, NOW + later) for later in minutes)
    assert len(writes) == 3, "at 0, 61 and 130 minutes"
    stored = store.get_key(f"key_{key.split('_')[1]}")
    assert stored.last_used_at == NOW + timedelta(minutes=130)
    assert stored.version == 1


@pytest.mark.parametrize(
    "answer", [refusal("ThrottlingException"), refusal("ConditionalCheckFailedException")]
)
def test_a_use_that_cannot_be_noted_keeps_nobody_out(cloud: Cloud, answer: Any) -> None:
    key = caller("*").key
    assert key
    with answering(aws.dynamodb(), "UpdateItem", answer):
        assert service.authenticate(key, NOW)


def test_what_happens_to_keys_is_recorded(api: Api) -> None:
    made = api.post("/v1/keys", READER).ok(201)
    api.delete(f"/v1/keys/{made['id']}")
    events = list(pages.every(Query.prefixed(store.key_partition(made["id"]), "EVT#", ascending=True)))
    assert [event["type"] for event in events] == ["key.created", "key.revoked"]
    assert all(event["actor"]["id"].startswith("key_") for event in events)
