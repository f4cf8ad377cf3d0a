"""The OpenAPI document: valid, committed, complete; and no body at all makes the API fail by itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate

from chalicelib.about import described
from chalicelib.kernel.http.reading import JSON_TYPES
from infra.openapi import PATH, text
from tests.api import Api
from tests.cloud import Cloud
from tests.fuzz import JSON, likely
from tests.infra.parts import PUBLIC

DOCUMENT: dict[str, Any] = json.loads(text())
ROUTES = described()
REDRIVE = "/v1/queues/{queue}/redrive"
"""moto has nothing that moves messages."""
VERBS = [
    (route.method, route.path)
    for route in ROUTES
    if route.method in ("POST", "PATCH") and route.path != REDRIVE
]
PLACES = {
    "organisation_id": "org_01J00000000000000000000000",
    "field_name": "size",
    "customer_id": "cus_01J00000000000000000000000",
    "identity_id": "idy_01J00000000000000000000000",
    "staff_id": "stf_01J00000000000000000000000",
    "team_id": "tea_01J00000000000000000000000",
    "ticket_id": "tkt_01J00000000000000000000000",
    "calendar_id": "cal_01J00000000000000000000000",
    "policy_id": "slp_01J00000000000000000000000",
    "access_request_id": "sar_01J00000000000000000000000",
    "erasure_id": "era_01J00000000000000000000000",
    "duplicate_id": "dup_01J00000000000000000000000",
    "export_id": "exp_01J00000000000000000000000",
    "import_id": "imp_01J00000000000000000000000",
    "message_id": "msg_01J00000000000000000000000",
    "article_id": "art_01J00000000000000000000000",
    "number": "1",
    "slug": "how-to",
    "template_id": "tpl_01J00000000000000000000000",
    "suppression_id": "0" * 64,
    "task_id": "tsk_01J00000000000000000000000",
    "topic_id": "newsletter",
    "token": "bm90LW91cnM",
    "mailbox_id": "box_01J00000000000000000000000",
    "rule_id": "rul_01J00000000000000000000000",
    "view_id": "viw_01J00000000000000000000000",
    "webhook_id": "whk_01J00000000000000000000000",
    "delivery_id": "dlv_01J00000000000000000000000",
    "macro_id": "mac_01J00000000000000000000000",
    "other_id": "tkt_01J00000000000000000000000",
    "attachment_id": "0000000000000000000000000000000000000000000000000000000000000000",
    "asset": "x",
    "feedback_id": "fbk_01J00000000000000000000000",
    "survey": "delivery",
    "invitation_id": "inv_01J00000000000000000000000",
    "followup_id": "fup_01J00000000000000000000000",
    "suggestion_id": "sug_01J00000000000000000000000",
    "queue": "feedback",
    "key_id": "key_01J00000000000000000000000",
}


def test_it_is_valid() -> None:
    validate(DOCUMENT)


def test_the_committed_one_is_the_generated_one() -> None:
    assert PATH.read_text(encoding="utf-8") == text(), "run: python -m infra.openapi"


def test_the_served_one_differs_by_its_server_alone(api: Api) -> None:
    served = api.get("/v1/openapi.json").ok()
    assert served["servers"] == [{"url": "https://api.shop.example"}]
    assert {**served, "servers": DOCUMENT["servers"]} == DOCUMENT
    assert DOCUMENT["servers"] == [{"url": "/"}]


def test_every_route_has_a_summary_and_a_scope_or_is_public() -> None:
    for path, method, operation in _operations():
        assert operation["summary"].endswith("."), f"{method} {path}"
        assert bool(operation["security"]) is ("x-scope" in operation), f"{method} {path}"
    public = {path for path, _, operation in _operations() if not operation["security"]}
    assert public == PUBLIC


def test_an_operation_tells_its_readers_the_scope() -> None:
    for path, method, operation in _operations():
        if operation["security"]:
            assert f"`{operation['x-scope']}`" in operation["description"], f"{method} {path}"


def test_it_has_the_headers_that_the_api_reads_and_gives(api: Api) -> None:
    url = "/v1/customers/{customer_id}"
    methods = DOCUMENT["paths"][url]
    given = {method: {one["name"] for one in methods[method]["parameters"]} for method in methods}
    assert given == {
        "get": {"customer_id", "If-None-Match"},
        "patch": {"customer_id", "If-Match", "Rapport-Actor"},
        "delete": {"customer_id", "If-Match", "Rapport-Actor"},
    }
    assert set(methods["get"]["responses"]) == {"200", "304", "default"}
    assert set(methods["patch"]["requestBody"]["content"]) == JSON_TYPES
    created = api.post("/v1/customers", {"name": "Ada"})
    described = DOCUMENT["paths"]["/v1/customers"]["post"]["responses"][str(created.status)]
    assert set(described["headers"]) == {"ETag", "Location"} <= set(created.headers)


def test_operations_have_names_of_their_own() -> None:
    names = [operation["operationId"] for _, _, operation in _operations()]
    assert len(names) == len(set(names))


def test_its_schemas_have_names_that_generators_can_use() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert [name for name in schemas if not re.fullmatch("[A-Z][A-Za-z0-9]*", name)] == []
    titles = {name: schema.get("title", name) for name, schema in schemas.items()}
    assert titles == {name: name for name in schemas}
    choices = {
        f"{name}{field.title().replace('_', '')}"
        for name, schema in schemas.items()
        for field, one in schema.get("properties", {}).items()
        if "enum" in one
    }
    assert choices & set(schemas) == set(), "the class of a field's choices would be that of a schema"


def test_its_dictionaries_say_what_their_keys_may_be() -> None:
    assert "patternProperties" not in text()
    texts = DOCUMENT["components"]["schemas"]["NewArticle"]["properties"]["texts"]
    assert texts["propertyNames"]["pattern"].startswith("^[A-Za-z]{2,3}")
    assert texts["additionalProperties"] == {"$ref": "#/components/schemas/NewText"}


def test_it_tells_of_pages_redirections_and_secrets_told_once(api: Api) -> None:
    page = DOCUMENT["paths"]["/my/{token}"]["post"]["responses"]
    assert set(page) == {"200", "303", "default"}
    assert set(page["200"]["content"]) == {"text/html"}
    assert set(page["default"]["content"]) == {"text/html", "application/problem+json"}
    assert set(DOCUMENT["paths"]["/download/{token}"]["get"]["responses"]) == {"302", "default"}
    new = {"name": "Till", "scopes": ["feedback:write"]}
    api.post("/v1/keys", new, Idempotency_Key="a").ok(201)
    again = api.post("/v1/keys", new, Idempotency_Key="a").ok(201)
    made = DOCUMENT["paths"]["/v1/keys"]["post"]["responses"]["201"]["content"]["application/json"]
    assert made["schema"]["anyOf"][1] == {"$ref": "#/components/schemas/Remembered"}
    assert set(again) == {"id"}


def test_every_route_is_in_it() -> None:
    assert {(route.method, route.path) for route in ROUTES} == {
        (method.upper(), path) for path, method, _ in _operations()
    }


def test_a_route_declares_its_scope_or_that_it_is_public() -> None:
    from chalicelib.kernel.http.routes import Routes

    with pytest.raises(TypeError, match="scope"):
        Routes("x", "x").get("/v1/x")
    with pytest.raises(TypeError, match="scope"):
        Routes("x", "x").get("/v1/x", scope="x", public=True)


@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(data=st.data(), verb=st.sampled_from(VERBS))
def test_no_body_makes_it_fail(api: Api, cloud: Cloud, data: st.DataObject, verb: tuple[str, str]) -> None:
    method, path = verb
    schema = DOCUMENT["paths"][path][method.lower()].get("requestBody")
    fields = _fields(next(iter(schema["content"].values()))["schema"]) if schema else {}
    known = {
        name: data.draw(likely(part) | JSON) for name, part in fields.items() if data.draw(st.booleans())
    }
    body = data.draw(st.just(known) | st.just(known).map(lambda body: {**body, "x": 1}) | JSON)
    answer = api.call(method, path.format(**PLACES), json.dumps(body), {})
    assert answer.status < 500, f"{method} {path} {body!r}: {answer.text}"
    assert "invalid_params" not in answer.text or answer.status == 422


def _fields(schema: Any) -> dict[str, Any]:
    if "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    fields: dict[str, Any] = schema.get("properties", {})
    return fields


def _operations() -> Iterator[tuple[str, str, Any]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation
