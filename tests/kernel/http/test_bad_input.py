"""Bad input of every kind: a clear problem with the right status, nothing written, never a 500."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api
from tests.conftest import caller
from tests.kernel.http.asking import NOBODY, SECURITY, an_event


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=ten",
        "limit=1.5",
        "limit=",
        "limit=1&limit=2",
        "colour=red",
        "stage=friend",
        "sort=name",
        "cursor=" + "x" * 1001,
        "updated_from=yesterday",
        "updated_from=2026-01-01T00:00:00",
        "updated_from=0.5",
        "updated_from=1700000000",
        "email=a@b.org&phone=1",
        "email=no-address",
        "phone=x",
        "external_id=erp",
        "email=a%00@b.org",
    ],
)
def test_a_bad_query_is_422(api: Api, query: str) -> None:
    assert api.get(f"/v1/customers?{query}").status == 422


def test_a_query_where_none_is_taken_is_422(api: Api) -> None:
    problem = api.get("/v1/health?verbose=1").problem(422, "invalid")
    assert problem["invalid_params"][0]["name"] == "verbose"


@pytest.mark.parametrize(
    "identifier",
    [
        "x",
        "cus_x",
        "stf_01J00000000000000000000000",
        NOBODY.lower(),
        NOBODY + "0",
        "%00",
        "%F0%9F%98%80",
        "%FF",
        "..%2F..%2Fstaff",
        "%2525",
        "a" * 5000,
    ],
)
def test_what_cannot_be_an_id_is_404(api: Api, identifier: str) -> None:
    api.get(f"/v1/customers/{identifier}").problem(404, "not_found")
    api.patch(f"/v1/customers/{identifier}", {}).problem(404, "not_found")


def test_an_id_that_nobody_has_is_404(api: Api) -> None:
    api.get(f"/v1/customers/{NOBODY}").problem(404, "no_such_customer")
    api.patch(f"/v1/customers/{NOBODY}", {"name": "x"}).problem(404, "no_such_customer")
    api.delete(f"/v1/customers/{NOBODY}").problem(404, "no_such_customer")
    api.get(f"/v1/customers/{NOBODY}/timeline").problem(404, "no_such_customer")


def test_an_encoded_id_is_the_same_id(api: Api) -> None:
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)
    assert api.get(f"/v1/customers/{ada['id'].replace('_', '%5F')}").ok() == ada


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "*/*", "x"]
)
def test_a_content_type_we_do_not_read_is_415(api: Api, kind: str) -> None:
    api.post("/v1/customers", '{"name": "Ada"}', Content_Type=kind).problem(415, "unsupported_media_type")


@pytest.mark.parametrize(
    "kind", ["application/json; charset=utf-8", "Application/JSON", "", "application/merge-patch+json"]
)
def test_json_by_any_of_its_names_is_read(api: Api, kind: str) -> None:
    assert api.post("/v1/customers", {"name": "Ada"}, Content_Type=kind).status == 201


def test_a_get_may_have_any_content_type(api: Api) -> None:
    api.get("/v1/customers", Content_Type="text/plain").ok()


def test_an_unknown_method_is_405(api: Api) -> None:
    answer = api.call("PUT", "/v1/customers", {}, {})
    answer.problem(405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "POST"}


@pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", "a\r\nSet-Cookie: b", "Zoë", "a\x00", "\ud800"])
def test_a_bad_idempotency_key_is_400(api: Api, key: str) -> None:
    answer = api.post("/v1/customers", {"name": "Ada"}, Idempotency_Key=key)
    answer.problem(400, "invalid_idempotency_key")
    assert "Set-Cookie" not in answer.headers
    changes_nothing = {"message_id": "msg_01J0000000000000000000000A"}
    dry_run = api.post("/v1/rules/dry-run", changes_nothing, Idempotency_Key=key)
    dry_run.problem(400, "invalid_idempotency_key")


def test_every_answer_has_the_security_headers_and_an_error_its_request(api: Api) -> None:
    ada = api.post("/v1/customers", {"name": "Ada"}).ok(201)
    answers = [
        api.get(f"/v1/customers/{ada['id']}"),
        api.get(f"/v1/customers/{ada['id']}", If_None_Match='"1"'),
        api.get("/v1/health"),
        api.get("/docs"),
        api.post("/v1/customers", "{"),
        api.get("/v1/customers/x"),
        api.call("PUT", "/v1/customers", {}, {}),
        caller("staff:read").get("/v1/customers"),
        api.delete(f"/v1/customers/{ada['id']}"),
    ]
    assert [answer.status for answer in answers] == [200, 304, 200, 200, 400, 404, 405, 403, 204]
    for answer in answers:
        assert set(SECURITY) <= set(answer.headers)
        if answer.status >= 400:
            assert answer.json["request_id"]
            assert answer.json["type"] == f"urn:rapport:problem:{answer.json['code']}"


def test_the_origin_that_may_read_answers_is_the_configured_one(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.kernel.config import settings

    monkeypatch.setenv("RAPPORT_CORS_ORIGIN", "https://desk.shop.example")
    settings.cache_clear()
    for answer in (api.get("/v1/customers"), api.get("/v1/customers/x")):
        assert answer.headers["Access-Control-Allow-Origin"] == "https://desk.shop.example"


def test_a_fault_of_ours_tells_nothing_of_itself(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(key: Any) -> Any:
        raise RuntimeError("the password is swordfish")

    monkeypatch.setattr("chalicelib.kernel.table.get", broken)
    path = f"/v1/customers/{NOBODY}"
    event = an_event(method="GET", path=path)
    event["requestContext"]["authorizer"] = {"principalId": "key_x", "scopes": "*"}
    monkeypatch.setattr("tests.api._is_guarded", lambda *_: False)
    answer = api.send(event)
    answer.problem(500, "internal")
    assert "swordfish" not in answer.text
