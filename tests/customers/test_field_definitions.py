"""Definitions of custom fields over HTTP, and that every way in knows them."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_spec_validator import validate

from chalicelib.customers import defining
from chalicelib.customers import definitions as bounds
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.conftest import caller
from tests.mailbox import receive, write

SIZE = {
    "name": "shoe_size",
    "kind": "number",
    "label": {"en": "Shoe size", "de": "Schuhgröße"},
    "minimum": 15,
    "maximum": 60,
    "filterable": True,
}


def _define(api: Api, **more: Any) -> Any:
    return api.post("/v1/fields", {**SIZE, **more}).ok(201)


def _codes(answer: Any) -> list[tuple[str, str]]:
    params = answer.problem(422, "invalid")["invalid_params"]
    return [(param["name"], param["code"]) for param in params]


def test_fields_are_defined_read_changed_and_removed(api: Api) -> None:
    made = api.post("/v1/fields", SIZE)
    field = made.ok(201)
    assert made.headers["Location"].endswith("/v1/fields/shoe_size")
    url = "/v1/fields/shoe_size"
    assert api.get(url).ok() == field
    patch = {"label": {"de": None, "fr": "Pointure"}, "maximum": None, "kind": "number"}
    after = api.patch(url, patch, If_Match='"1"').ok()
    assert (after["version"], after["label"], after["maximum"]) == (
        2,
        {"en": "Shoe size", "fr": "Pointure"},
        None,
    )
    assert api.patch(url, patch).ok() == after, "nothing changed"
    api.patch(url, {"required": True}, If_Match='"1"').problem(412, "stale")
    api.patch(url, {"kind": "text"}).problem(409, "kind_is_fixed")
    api.post("/v1/fields", SIZE).problem(409, "field_exists")
    assert api.get("/v1/fields").ok() == {"version": 2, "closed": False, "data": [after]}
    api.delete(url).ok(204)
    api.get(url).problem(404, "no_such_field")
    api.delete(url).problem(404, "no_such_field")
    trail = api.get("/v1/audit?entity_id=fields").ok()["data"]
    assert [entry["data"]["changed"] for entry in trail] == [["deleted"], ["label", "maximum"], ["created"]]
    assert trail[1]["changes"]["maximum"] == {"from": 60, "to": None}


def test_there_is_room_for_so_many(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MAX_FILTERABLE", 1)
    monkeypatch.setattr(bounds, "MAX_FIELDS", 2)
    _define(api)
    api.post("/v1/fields", {**SIZE, "name": "b"}).problem(422, "too_many")
    _define(api, name="b", filterable=False)
    api.post("/v1/fields", {**SIZE, "name": "c", "filterable": False}).problem(422, "too_many")
    monkeypatch.setattr(bounds, "MAX_SIZE", 300)
    api.patch("/v1/fields/b", {"label": {"en": "x" * 100}}).problem(422, "too_long")


def test_every_way_in_is_checked(api: Api, cloud: Cloud) -> None:
    ada = api.post("/v1/customers", {"name": "Ada", "custom": {"shoe_size": "free"}}).ok(201)
    _define(api, required=True)
    _define(api, name="budget", kind="money", minimum=None, maximum=None, filterable=False)
    assert _codes(api.post("/v1/customers", {"name": "B"})) == [("custom.shoe_size", "required")]
    bad = {"name": "B", "custom": {"shoe_size": 14, "budget": "x", "other": 1}}
    assert _codes(api.post("/v1/customers", bad)) == [
        ("custom.shoe_size", "out_of_bounds"),
        ("custom.budget", "invalid_money"),
    ]
    bob = api.post("/v1/customers", {"name": "B", "custom": {"shoe_size": 44, "budget": "9.5 EUR"}}).ok(201)
    assert bob["custom"]["budget"] == "9.50 EUR"
    url = f"/v1/customers/{bob['id']}"
    assert _codes(api.patch(url, {"custom": {"shoe_size": None}})) == [("custom.shoe_size", "required")]
    assert _codes(api.patch(url, {"custom": {"shoe_size": 99}})) == [("custom.shoe_size", "out_of_bounds")]
    assert api.patch(url, {"custom": {"budget": "9.50EUR"}}).ok()["version"] == 1, "the same amount"
    kept = api.patch(f"/v1/customers/{ada['id']}", {"custom": {"vip": True}}).ok()
    assert kept["custom"] == {"shoe_size": "free", "vip": True}, "what was there stays until it is given anew"
    receive(cloud, write(message_id="<first@example.org>"))
    cloud.pump()
    assert len(api.get("/v1/customers").ok()["data"]) == 3, "a mail is not lost for want of a field"


def test_closed_fields_take_no_others(api: Api) -> None:
    ada = api.post("/v1/customers", {"name": "Ada", "custom": {"vip": True}}).ok(201)
    assert api.patch("/v1/fields", {"closed": True}).ok() == {"version": 1, "closed": True, "data": []}
    assert api.patch("/v1/fields", {"closed": True}).ok()["version"] == 1, "nothing changed"
    assert _codes(api.post("/v1/customers", {"name": "B", "custom": {"vip": True}})) == [
        ("custom.vip", "unknown_field")
    ]
    api.patch(f"/v1/customers/{ada['id']}", {"custom": {"vip": None}}).ok()
    api.patch("/v1/fields", {"closed": False}, If_Match='"1"').ok()
    api.post("/v1/customers", {"name": "B", "custom": {"vip": True}}).ok(201)


def test_the_openapi_document_knows_them(api: Api) -> None:
    _define(api, required=True)
    _define(api, name="size", kind="choice", choices=[{"value": "S"}], minimum=None, maximum=None)
    _define(api, name="since", kind="date", minimum="2020-01-01", maximum=None)
    api.patch("/v1/fields", {"closed": True}).ok()
    document = api.get("/v1/openapi.json").ok()
    validate(document)
    schemas = document["components"]["schemas"]
    new = schemas["NewCustomer"]["properties"]["custom"]
    assert new["required"] == ["shoe_size"]
    assert "custom" in schemas["NewCustomer"]["required"]
    assert new["additionalProperties"] is False
    size = new["properties"]["shoe_size"]
    assert (size["title"], size["type"], size["minimum"], size["maximum"]) == ("Shoe size", "number", 15, 60)
    assert size["x-labels"]["de"] == "Schuhgröße"
    assert new["properties"]["size"]["enum"] == ["S"]
    assert new["properties"]["since"]["description"] == "minimum: 2020-01-01"
    patch = schemas["CustomerPatch"]["properties"]["custom"]["anyOf"][0]
    assert patch["properties"]["size"]["anyOf"][1] == {"type": "null"}
    assert set(schemas["Customer"]["properties"]["custom"]["properties"]) == {"shoe_size", "size", "since"}


def test_a_process_reads_them_once_in_half_a_minute(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    _define(api)
    with counted() as calls:
        api.post("/v1/customers", {"name": "A"}).ok(201)
        api.post("/v1/customers", {"name": "B", "custom": {"shoe_size": 40}}).ok(201)
    assert calls == ["TransactWriteItems", "TransactWriteItems"], "they were read before"
    monkeypatch.setattr(defining._kept, "_fresh", 0.0)
    with counted() as calls:
        api.post("/v1/customers", {"name": "C"}).ok(201)
    assert calls == ["GetItem", "TransactWriteItems"], calls


def test_scopes_are_checked(cloud: Cloud) -> None:
    reader = caller("customers:read", "customers:write")
    reader.get("/v1/fields").ok()
    reader.post("/v1/fields", SIZE).problem(403, "missing_scope")
    reader.patch("/v1/fields", {"closed": True}).problem(403, "missing_scope")
