"""Custom fields and organisations are checked row by row, in batches and in files."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.transfer.slices import LANES
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.transfer.files import begin, drive, results, rows, run, state
from tests.transfer.test_batch import outcomes, send

DEFINED: tuple[dict[str, Any], ...] = (
    {"name": "size", "kind": "number", "minimum": 30, "label": {"en": "Shoe size"}},
    {"name": "vip", "kind": "boolean"},
    {"name": "since", "kind": "date"},
    {"name": "limit", "kind": "money"},
)


@pytest.fixture
def defined(api: Api) -> Api:
    for field in DEFINED:
        api.post("/v1/fields", field).ok(201)
    return api


def require(api: Api, name: str) -> None:
    api.post("/v1/fields", {"name": name, "kind": "text", "required": True}).ok(201)


def customer(api: Api, address: str) -> Any:
    [found] = api.get(f"/v1/customers?email={address}").ok()["data"]
    return found


def test_a_batch_checks_them(defined: Api) -> None:
    results = send(
        defined,
        {"emails": ["a@example.org"], "custom": {"size": 38, "limit": "12.5 EUR", "other": "x"}},
        {"emails": ["b@example.org"], "custom": {"size": "38"}},
        {"emails": ["c@example.org"], "custom": {"size": 12}},
        {"emails": ["d@example.org"], "custom": {"size": ""}},
    )
    assert outcomes(results) == ["created", "wrong_kind", "out_of_bounds", "created"]
    assert (results[2]["param"], results[2]["reason"]) == ("custom.size", "Shoe size: must be 30 at least")
    custom = customer(defined, "a@example.org")["custom"]
    assert custom == {"size": 38, "limit": "12.50 EUR", "other": "x"}


def test_a_batch_asks_for_the_required_ones(api: Api) -> None:
    send(api, {"emails": ["old@example.org"], "custom": {"note": "x"}})
    require(api, "origin")
    full = {"emails": ["a@example.org"], "custom": {"origin": "fair"}}
    results = send(
        api,
        full,
        {"emails": ["b@example.org"]},
        {"emails": ["old@example.org"], "name": "Old"},
        {"emails": ["old@example.org"], "custom": {"note": "y"}},
    )
    assert outcomes(results) == ["created", "required", "updated", "required"]
    assert results[1]["param"] == "custom.origin"
    cleared = {"emails": ["a@example.org"], "custom": {"origin": ""}}
    assert outcomes(send(api, cleared)) == ["unchanged"]
    assert outcomes(send(api, cleared, clear_empty=True)) == ["required"]


def test_cells_are_read_as_their_kind(defined: Api, cloud: Cloud) -> None:
    content = (
        "email;custom.size;custom.vip;custom.since;custom.limit;custom.other\n"
        'a@example.org;38,5;ja;6.5.2026;"1.234,50 EUR";38\n'
        "b@example.org;12;;;;\n"
        "c@example.org;;maybe;;;\n"
        "d@example.org;;;05/06/2026;;\n"
        "e@example.org;;;;;\n"
    )
    found = run(defined, cloud, content)
    told = rows(defined, found["id"])
    assert [one["code"] or one["outcome"] for one in told] == [
        "created", "out_of_bounds", "wrong_kind", "invalid_date", "created",
    ]  # fmt: skip
    assert [one["param"] for one in told[1:4]] == ["custom.size", "custom.vip", "custom.since"]
    assert customer(defined, "a@example.org")["custom"] == {
        "size": 38.5, "vip": True, "since": "2026-05-06", "limit": "1234.50 EUR", "other": "38",
    }  # fmt: skip


def test_a_label_is_no_formula_in_the_results(api: Api, cloud: Cloud) -> None:
    label = {"en": "=HYPERLINK(A1)"}
    api.post("/v1/fields", {"name": "age", "kind": "number", "label": label}).ok(201)
    identifier = run(api, cloud, "name,custom.age\nAda,old\n")["id"]
    [row] = results(cloud, identifier)
    assert row["reason"] == "'=HYPERLINK(A1): must be a number"


def test_json_lines_hold_their_own_kinds_or_texts(defined: Api, cloud: Cloud) -> None:
    require(defined, "origin")
    lines: list[dict[str, Any]] = [
        {"email": "a@example.org", "custom": {"size": 38, "vip": "non", "origin": "x"}},
        {"email": "b@example.org", "custom": {"size": 38, "vip": 7, "origin": "x"}},
        {"email": "c@example.org", "custom": {"size": 38}},
    ]
    found = run(defined, cloud, "\n".join(json.dumps(line) for line in lines))
    told = rows(defined, found["id"])
    assert [one["code"] or one["outcome"] for one in told] == ["created", "wrong_kind", "required"]
    assert [one["param"] for one in told] == [None, "custom.vip", "custom.origin"]
    assert customer(defined, "a@example.org")["custom"] == {"size": 38, "vip": False, "origin": "x"}


def test_closed_definitions_take_no_others(defined: Api) -> None:
    defined.patch("/v1/fields", {"closed": True}).ok()
    results = send(defined, {"name": "A", "custom": {"other": 1}}, {"name": "B", "custom": {"vip": True}})
    assert outcomes(results) == ["unknown_field", "created"]


def organisation(api: Api) -> str:
    made: str = api.post("/v1/organisations", {"name": "Engines"}).ok(201)["id"]
    return made


def members(api: Api, organisation_id: str) -> set[str]:
    found = api.get(f"/v1/organisations/{organisation_id}/members?limit=100").ok()
    return {one["id"] for one in found["data"]}


def unknown(organisation_id: str) -> str:
    return organisation_id[:-1] + ("0" if organisation_id[-1] != "0" else "1")


def test_a_row_of_a_batch_joins_its_organisation(api: Api) -> None:
    engines = organisation(api)
    results = send(
        api,
        {"emails": ["a@example.org"], "organisation_id": engines},
        {"emails": ["b@example.org"], "organisation_id": unknown(engines)},
        {"emails": ["c@example.org"], "organisation_id": engines},
    )
    assert outcomes(results) == ["created", "unknown_organisation", "created"]
    assert results[1]["param"] == "organisation_id"
    assert members(api, engines) == {results[0]["customer_id"], results[2]["customer_id"]}


def test_rows_of_one_organisation_are_packed(api: Api, cloud: Cloud) -> None:
    engines, other = organisation(api), organisation(api)
    lines = "".join(f"p{n}@example.org,{engines}\n" for n in range(300))
    content = f"email,organisation_id\n{lines}x@example.org,{unknown(engines)}\ny@example.org,{other}\n"
    identifier = begin(api, cloud, content)
    with counted() as calls:
        drive(identifier)
    found = state(api, identifier)
    assert found["counts"] == {"created": 301, "rejected": 1}
    assert rows(api, found["id"], "&outcome=rejected")[0]["code"] == "unknown_organisation"
    assert members(api, other) == {customer(api, "y@example.org")["id"]}
    needed = 301 * 4 / 100  # profile, event, address, membership
    assert (
        calls.count("TransactWriteItems") <= needed * 1.15 + LANES + 4
    )  # not quite full; each lane's last, the refused, the steps
