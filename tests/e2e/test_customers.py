"""Registering customers and finding them again."""

from __future__ import annotations

from typing import Any

from tests.e2e.caller import Caller
from tests.e2e.post import address_of


def test_a_customer_is_registered_and_found(api: Caller, ada: Any) -> None:
    answer = api.get(f"/v1/customers/{ada['id']}")
    assert answer.ok() == ada
    assert api.data(f"/v1/customers?email={ada['emails'][0].upper()}") == [ada]
    assert api.get(f"/v1/customers/{ada['id']}", If_None_Match=answer.headers["etag"]).status == 304


def test_a_second_one_with_the_same_address_names_the_first(api: Caller, ada: Any) -> None:
    problem = api.post("/v1/customers", {"name": "Other Ada", "emails": ada["emails"]}).problem(
        409, "identity_taken"
    )
    assert problem["customer_id"] == ada["id"]


def test_a_repeat_under_the_same_key_registers_nobody_twice(api: Caller) -> None:
    body = {"name": "Grace", "emails": [address_of("grace")]}
    key = body["emails"][0]
    first = api.post("/v1/customers", body, Idempotency_Key=key)
    again = api.post("/v1/customers", body, Idempotency_Key=key)
    assert again.ok(201) == first.ok(201)
    api.post("/v1/customers", {"name": "Grace"}, Idempotency_Key=key).problem(409, "idempotency_key_reused")


def test_a_change_is_refused_to_whoever_read_an_old_version(api: Caller, ada: Any) -> None:
    path = f"/v1/customers/{ada['id']}"
    old = api.get(path).headers["etag"]
    changed = api.patch(path, {"tags": ["lamps"]}, If_Match=old).ok()
    assert (changed["tags"], changed["version"]) == (["lamps"], 2)
    assert api.patch(path, {"tags": []}, If_Match=old).status == 412
    assert api.get(path).ok() == changed
