"""Every kind of caller without the right key, at a door of each feature, by the real authorizer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from tests.e2e.caller import Answer, Caller, fetch
from tests.e2e.waiting import eventually

NOBODY_S = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzY29wZXMiOiIqIn0."
"""A JSON Web Token with alg none that allows everything."""
ULID = "01J00000000000000000000000"


def _made(api: Caller, *scopes: str, **more: Any) -> Any:
    return api.post("/v1/keys", {"name": "intruder", "scopes": list(scopes), **more}).ok(201)


def _expired(api: Caller) -> str:
    end = datetime.now(UTC) + timedelta(seconds=1)
    made = _made(api, "*", valid_until=end.isoformat().replace("+00:00", "Z"))
    eventually(lambda: datetime.now(UTC) > end)
    return f"Bearer {made['key']}"


def _revoked(api: Caller) -> str:
    made = _made(api, "*")
    assert api.delete(f"/v1/keys/{made['id']}").status == 204
    return f"Bearer {made['key']}"


def _crossed(api: Caller) -> str:
    one, other = (_made(api, "*")["key"] for _ in range(2))
    return f"Bearer {one[:-43]}{other[-43:]}"


REFUSED: dict[str, Callable[[Caller], str | None]] = {
    "nobody": lambda api: None,
    "an expired key": _expired,
    "a revoked key": _revoked,
    "one key's id with another's secret": _crossed,
    "a key of another installation": lambda api: f"Bearer rk_{ULID}_{'A' * 43}",
    "a token with alg none": lambda api: f"Bearer {NOBODY_S}",
    "a key without a scheme": lambda api: api.key,
}


@cache
def _doors(api: Caller) -> list[str]:
    """A list or an entity of each feature that has one behind a key, by the API's own document."""
    found: dict[str, str] = {}
    for path, methods in api.get("/v1/openapi.json").ok()["paths"].items():
        operation = methods.get("get")
        if operation and operation.get("security") != []:
            found.setdefault(operation["tags"][0], re.sub(r"\{\w+\}", "x", path))
    assert len(found) > 25
    return list(found.values())


def _ask(api: Caller, path: str, header: str | None) -> Answer:
    return fetch(api.base_url + path, "GET", None, {} if header is None else {"Authorization": header})


@pytest.mark.parametrize("who", REFUSED)
def test_is_refused_at_every_door(api: Caller, who: str) -> None:
    header = REFUSED[who](api)
    answers = {path: _ask(api, path, header) for path in _doors(api)}
    assert {path: answer.status for path, answer in answers.items() if answer.status != 401} == {}
    for answer in answers.values():
        answer.problem(401, "unauthorized")


def test_a_scope_opens_its_own_doors_alone(api: Caller) -> None:
    header = f"Bearer {_made(api, 'staff:act')['key']}"
    for path in _doors(api):
        _ask(api, path, header).problem(403, "missing_scope")


def test_a_forged_link_opens_nothing(api: Caller, anybody: Caller) -> None:
    document = api.get("/v1/openapi.json").ok()["paths"]
    linked = [path for path, methods in document.items() if "{token}" in path and "get" in methods]
    assert len(linked) > 5
    for path in linked:
        for token in ("x", NOBODY_S, str(api.key)):
            answer = anybody.get(re.sub(r"\{\w+\}", "x", path.replace("{token}", token)))
            assert answer.status in (403, 404, 410), f"{path} {token}: {answer.status}"
