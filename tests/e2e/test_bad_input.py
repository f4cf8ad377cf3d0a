"""Bad input over HTTP: each a clear problem document with the right status, and nothing half-written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.caller import Caller
from tests.e2e.waiting import eventually


def key_for(api: Caller, *scopes: str, **more: Any) -> Any:
    return api.post("/v1/keys", {"name": "test", "scopes": list(scopes), **more}).ok(201)


def test_without_a_key_nothing_is_shown(anybody: Caller) -> None:
    answer = anybody.get("/v1/customers")
    answer.problem(401, "unauthorized")
    assert "bearer" in answer.headers["www-authenticate"].lower()


@pytest.mark.parametrize("change", [lambda key: "nonsense", lambda key: key[:-1], lambda key: key + "x"])
def test_a_wrong_key_opens_nothing(api: Caller, change: Any) -> None:
    assert api.key is not None
    Caller(api.base_url, change(api.key)).get("/v1/customers").problem(401, "unauthorized")


def test_a_key_opens_only_what_its_scopes_say(api: Caller) -> None:
    reader = Caller(api.base_url, key_for(api, "customers:read")["key"])
    assert reader.get("/v1/customers").status == 200
    problem = reader.post("/v1/customers", {"name": "Eve"}).problem(403, "missing_scope")
    assert problem["scope"] == "customers:write"


def test_a_revoked_key_opens_nothing(api: Caller) -> None:
    made = key_for(api, "customers:read")
    assert api.delete(f"/v1/keys/{made['id']}").status == 204
    Caller(api.base_url, made["key"]).get("/v1/customers").problem(401, "unauthorized")


def test_an_expired_key_opens_nothing(api: Caller) -> None:
    end = datetime.now(UTC) + timedelta(seconds=1)
    made = key_for(api, "customers:read", valid_until=end.isoformat().replace("+00:00", "Z"))
    eventually(lambda: datetime.now(UTC) > end)
    Caller(api.base_url, made["key"]).get("/v1/customers").problem(401, "unauthorized")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"name": ', 400, "invalid_json"),
        (b'{"name": "\\ud800"}', 400, "invalid_json"),
        (b"[" * 100_000, 400, "invalid_json"),
        (b"null", 422, "invalid"),
        ({"name": 3}, 422, "invalid"),
        ({"name": "Eve", "salary": 3}, 422, "invalid"),
        ({"name": "Eve\0"}, 422, "invalid"),
        ({"name": "x" * 201}, 422, "invalid"),
        ({"name": "Eve", "emails": ["eve@"]}, 422, "invalid"),
        ({"name": "Eve", "phones": ["12"]}, 422, "invalid"),
        ({}, 422, "nothing_to_know_by"),
        (b'{"name": "' + b"x" * 10_000_000 + b'"}', 413, "too_large"),
        (b"x" * (11 * 1024 * 1024), 413, "too_large"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_bad_body_is_refused(api: Caller, body: Any, status: int, code: str) -> None:
    problem = api.post("/v1/customers", body).problem(status, code)
    if code == "invalid":
        assert all(param["name"] and param["reason"] for param in problem["invalid_params"])


def test_another_content_type_is_refused(api: Caller) -> None:
    answer = api.post("/v1/customers", b"name=Eve", Content_Type="application/x-www-form-urlencoded")
    answer.problem(415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/customers/tkt_01ARZ3NDEKTSV4RRFFQ69G5FAV", 404, "not_found"),
        ("/v1/customers/cus_01ARZ3NDEKTSV4RRFFQ69G5FAV", 404, "no_such_customer"),
        ("/v1/customers/%00", 404, "not_found"),
        ("/v1/nowhere", 404, "not_found"),
        ("/nowhere", 404, "not_found"),
        ("/v1/customers?limit=0", 422, "invalid"),
        ("/v1/customers?nonsense=1", 422, "invalid"),
        ("/v1/customers?cursor=forged", 400, "invalid_cursor"),
    ],
)
def test_a_bad_path_or_query_is_refused(api: Caller, path: str, status: int, code: str) -> None:
    api.get(path).problem(status, code)


def test_a_cursor_belongs_to_its_query(api: Caller) -> None:
    for number in range(2):
        api.post("/v1/customers", {"name": f"Page {number}"}).ok(201)
    page = eventually(lambda: api.get("/v1/customers?limit=1").ok())
    cursor = page["next_cursor"]
    assert api.get(f"/v1/customers?limit=1&cursor={cursor}").status == 200
    api.get(f"/v1/customers?limit=1&stage=lead&cursor={cursor}").problem(400, "invalid_cursor")


def test_a_method_that_no_path_has_is_refused(api: Caller) -> None:
    api.call("PUT", "/v1/customers", {"name": "Eve"}, {}).problem(404, "not_found")
