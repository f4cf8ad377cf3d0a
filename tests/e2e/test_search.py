"""Finding people by what the workers behind the stream made of them."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.e2e.caller import Caller
from tests.e2e.post import address_of
from tests.e2e.waiting import eventually


def found(api: Caller, **query: str) -> list[str]:
    return [one["id"] for one in api.data(f"/v1/customers?{urlencode(query)}")]


@pytest.fixture(scope="module")
def oyvind(api: Caller) -> Any:
    """Øyvind, whose tag and number nobody else has."""
    digits = f"{secrets.randbelow(10_000):04}"
    person = {
        "name": "Øyvind Ærøskøbing",
        "emails": [address_of("oyvind")],
        "phones": [f"+1 312 555 {digits}"],
        "tags": [secrets.token_hex(6)],
    }
    return api.post("/v1/customers", person).ok(201)


@pytest.mark.parametrize("words", ["oyvind", "ÆRØS", "ærøskøbing øy", "aeroskobing", "oyvnd"])
def test_by_beginnings_accents_and_typos(api: Caller, oyvind: Any, words: str) -> None:
    eventually(lambda: found(api, q=words, tag=oyvind["tags"][0]) == [oyvind["id"]])


def test_by_number_however_written(api: Caller, oyvind: Any) -> None:
    [number] = oyvind["phones"]
    for words in (number, f"(312) 555-{number[-4:]}", f"001 312 555 {number[-4:]}"):
        eventually(lambda words=words: oyvind["id"] in found(api, q=words))  # type: ignore[misc]  # the default binds it


def test_a_second_entry_is_found_merged_and_parted(api: Caller) -> None:
    host = f"{secrets.token_hex(6)}.example.org"
    first = api.post("/v1/customers", {"name": "Ida Quist", "emails": [f"ida.quist@{host}"]}).ok(201)
    second = api.post("/v1/customers", {"name": "Ida Quist", "emails": [f"idaquist@{host}"]}).ok(201)
    [pair] = eventually(lambda: api.data(f"/v1/duplicates?customer_id={first['id']}"))
    assert {one["id"] for one in pair["customers"]} == {first["id"], second["id"]}
    path = f"/v1/customers/{first['id']}/merge"
    api.post(path, {"merged_id": second["id"]}).ok()
    assert api.get(f"/v1/customers/{second['id']}").ok()["id"] == first["id"]
    eventually(lambda: found(api, q=f"@{host}") == [first["id"]])
    eventually(lambda: api.data(f"/v1/duplicates?customer_id={first['id']}") == [])
    assert api.post(f"{path}/undo", {"merged_id": second["id"]}).ok()["left"] == []
    eventually(lambda: found(api, q=f"@{host}") == [second["id"], first["id"]])
