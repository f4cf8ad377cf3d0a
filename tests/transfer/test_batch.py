"""POST /v1/customers/batch: many upserts, each with its own outcome."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.kernel import commit as committing
from chalicelib.kernel.errors import Unavailable
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.memory import caller

URL = "/v1/customers/batch"


def send(api: Api, *rows: Any, headers: dict[str, str] | None = None, **options: Any) -> list[Any]:
    answer = api.post(URL, {"customers": list(rows), **options}, **(headers or {}))
    results: list[Any] = answer.ok()["results"]
    assert [one["index"] for one in results] == list(range(len(rows)))
    return results


def outcomes(results: list[Any]) -> list[str]:
    return [one["code"] or one["outcome"] for one in results]


def test_rows_are_created_added_to_or_left_as_they_are(api: Api) -> None:
    ada = api.post("/v1/customers", {"name": "Ada", "emails": ["ada@example.org"], "tags": ["a"]}).ok(201)
    results = send(
        api,
        {"emails": ["ADA@example.org"], "phones": ["+442079460958"], "tags": ["b"], "name": ""},
        {"name": "Bob", "external_ids": {"erp": "7"}},
        {"emails": ["ada@example.org"]},
    )
    assert outcomes(results) == ["string_too_short", "created", "unchanged"]
    results = send(api, {"emails": ["ADA@example.org"], "phones": ["+442079460958"], "tags": ["b"]})
    assert results[0]["changed"] == ["phones", "tags"]
    after = api.get(f"/v1/customers/{ada['id']}").ok()
    assert (after["name"], after["tags"], after["emails"]) == ("Ada", ["a", "b"], ["ada@example.org"])
    assert after["version"] == 2
    assert api.get("/v1/customers?external_id=erp:7").ok()["data"][0]["name"] == "Bob"


def test_a_bad_row_spoils_no_other(api: Api) -> None:
    rows = [{"emails": ["nonsense"]}, {"name": "Good"}, 7, {"nme": "x"}, {}, {"phones": ["12"]}]
    results = send(api, *rows)
    assert outcomes(results) == [
        "value_error", "created", "not_an_object", "extra_forbidden", "nothing_to_know_by", "invalid_phone",
    ]  # fmt: skip
    assert results[0]["param"] == "emails.0"
    assert "nonsense" not in str(results)


def test_modes(api: Api) -> None:
    ada = {"name": "Ada", "emails": ["ada@example.org"]}
    assert outcomes(send(api, ada, mode="update")) == ["not_found"]
    [created] = send(api, ada, mode="create")
    [exists] = send(api, ada, mode="create")
    assert (exists["code"], exists["customer_id"]) == ("exists", created["customer_id"])
    assert outcomes(send(api, {**ada, "company": "Engines"}, mode="update")) == ["updated"]


def test_identities_of_two_customers_are_ambiguous(api: Api) -> None:
    first, second = send(api, {"emails": ["a@example.org"]}, {"external_ids": {"erp": "2"}})
    [result] = send(api, {"emails": ["a@example.org"], "external_ids": {"erp": "2"}})
    assert result["code"] == "ambiguous"
    assert result["candidates"] == sorted([first["customer_id"], second["customer_id"]])


def test_match_names_the_identity_that_decides(api: Api) -> None:
    [ada] = send(api, {"emails": ["a@example.org"], "external_ids": {"erp": "1"}})
    assert outcomes(send(api, {"emails": ["a@example.org"]}, match="external_id")) == ["no_match_key"]
    other = {"emails": ["a@example.org"], "external_ids": {"erp": "2"}}
    [result] = send(api, other, match="external_id")
    assert (result["code"], result["customer_id"]) == ("identity_taken", ada["customer_id"])
    assert outcomes(send(api, other)) == ["other_external_id"]


def test_rows_about_one_person_are_taken_in_order(api: Api) -> None:
    results = send(
        api,
        {"emails": ["a@example.org"], "name": "First"},
        {"emails": ["a@example.org"], "phones": ["+442079460958"]},
        {"phones": ["+442079460958"], "name": "Third"},
        {"phones": ["+442079460958"], "name": "Third"},
    )
    assert outcomes(results) == ["created", "updated", "updated", "unchanged"]
    assert len({one["customer_id"] for one in results}) == 1
    [ada] = api.get("/v1/customers?email=a@example.org").ok()["data"]
    assert (ada["name"], ada["version"]) == ("Third", 3)


def test_empty_values_erase_only_when_asked(api: Api) -> None:
    send(api, {"emails": ["a@example.org"], "company": "Engines", "custom": {"size": "M"}, "tags": ["a"]})
    empty = {"emails": ["a@example.org"], "company": None, "custom": {"size": ""}, "tags": []}
    assert outcomes(send(api, empty)) == ["unchanged"]
    assert send(api, empty, clear_empty=True)[0]["changed"] == ["company", "custom"]
    [ada] = api.get("/v1/customers?email=a@example.org").ok()["data"]
    assert (ada["company"], ada["custom"], ada["tags"]) == (None, {}, ["a"])


def test_a_hundred_rows_are_a_few_calls(api: Api) -> None:
    rows = [{"emails": [f"p{n}@example.org"]} for n in range(100)]
    with counted() as calls:
        assert set(outcomes(send(api, *rows))) == {"created"}
    assert calls == ["BatchGetItem"] + ["TransactWriteItems"] * 4
    with counted() as calls:
        assert set(outcomes(send(api, *rows))) == {"unchanged"}
    assert calls == ["BatchGetItem", "BatchGetItem"]
    api.post(URL, {"customers": [{}] * 101}).problem(422, "invalid")


def test_under_a_key_each_row_is_done_once(api: Api, cloud: Cloud) -> None:
    rows = [{"name": "Nobody"}, {"emails": ["a@example.org"]}, {"emails": ["bad"]}]
    key = {"Idempotency_Key": "k1"}
    first = send(api, *rows, headers=key)
    before = len(cloud.items())
    assert send(api, *rows, headers=key) == first
    assert len(cloud.items()) == before
    changed = send(api, {"name": "Other"}, *rows[1:], headers=key)
    assert outcomes(changed) == ["idempotency_key_reused", "created", "value_error"]


def test_a_request_cut_off_midway_is_taken_up(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{"name": f"Somebody {n}"} for n in range(60)]
    write, calls = committing._write, []

    def breaks(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise Unavailable("The database is busy; try again.")
        return write(*arguments)

    monkeypatch.setattr(committing, "_write", breaks)
    key = {"Idempotency_Key": "k2"}
    api.post(URL, {"customers": rows}, **key).problem(503, "unavailable")
    assert set(outcomes(send(api, *rows, headers=key))) == {"created"}
    profiles = [item for item in cloud.items() if item["sk"] == "PROFILE"]
    assert sorted(one["name"] for one in profiles) == sorted(row["name"] for row in rows)


def test_the_owner_and_the_actor_are_checked(api: Api) -> None:
    staff = api.post("/v1/staff", {"name": "Grace", "email": "grace@shop.example"}).ok(201)["id"]
    nobody = staff[:-1] + ("0" if staff[-1] != "0" else "1")
    rows = [{"name": "A", "owner": staff}, {"name": "B", "owner": nobody}, {"name": "C", "owner": staff}]
    assert outcomes(send(api, *rows)) == ["created", "unknown_staff", "created"]
    api.post(URL, {"customers": rows}, Rapport_Actor=nobody).problem(403, "unknown_actor")
    assert set(outcomes(send(api, rows[0], headers={"Rapport_Actor": staff}))) == {"created"}


def test_it_needs_the_scope(api: Api) -> None:
    caller("customers:read").post(URL, {"customers": [{}]}).problem(403, "missing_scope")


def test_who_has_more_addresses_than_a_row_may_name_can_be_added_to(api: Api) -> None:
    ada = api.post("/v1/customers", {"emails": [f"a{n}@example.org" for n in range(10)]}).ok(201)["id"]
    for number in (10, 11):
        added = {"kind": "email", "value": f"a{number}@example.org"}
        api.post(f"/v1/customers/{ada}/identities", added).ok(201)
    row = {"emails": ["a0@example.org", "another@example.org"]}
    (result,) = api.post("/v1/customers/batch", {"customers": [row]}).ok()["results"]
    assert (result["outcome"], result["changed"]) == ("updated", ["emails"])
    assert len(api.get(f"/v1/customers/{ada}").ok()["emails"]) == 13


def test_a_merged_customers_id_of_a_source_still_finds_them(api: Api) -> None:
    """The system that the ids are from goes on naming both; the survivor shows one of them."""
    first, second = (
        api.post("/v1/customers", {"name": "Ada", "external_ids": {"crm": number}}).ok(201)["id"]
        for number in ("1", "2")
    )
    api.post(f"/v1/customers/{first}/merge", {"merged_id": second}).ok()
    row = {"external_ids": {"crm": "2"}, "company": "Engines"}
    [result] = send(api, row, match="external_id")
    assert (result["outcome"], result["customer_id"], result["changed"]) == ("updated", first, ["company"])
    assert outcomes(send(api, row)) == ["unchanged"]
    assert api.get(f"/v1/customers/{first}").ok()["external_ids"] == {"crm": "1"}
    assert outcomes(send(api, {"external_ids": {"crm": "2", "shop": "7"}})) == ["updated"]
    api.post("/v1/customers", {"name": "Bob", "external_ids": {"erp": "5"}}).ok(201)
    assert outcomes(send(api, {"external_ids": {"crm": "2", "erp": "5"}})) == ["ambiguous"]


def test_a_role_stays_with_the_organisation_that_it_was_in(api: Api) -> None:
    old, new = (api.post("/v1/organisations", {"name": name}).ok(201)["id"] for name in ("Old", "New"))
    ada = {"emails": ["ada@example.org"]}
    send(api, {**ada, "organisation_id": old, "organisation_role": "buyer"})
    assert send(api, {**ada, "organisation_id": new})[0]["changed"] == [
        "organisation_id",
        "organisation_role",
    ]
    assert outcomes(send(api, {**ada, "organisation_id": new})) == ["unchanged"]
    send(api, {**ada, "organisation_role": "owner"})
    [after] = api.get("/v1/customers?email=ada@example.org").ok()["data"]
    assert (after["organisation_id"], after["organisation_role"]) == (new, "owner")
