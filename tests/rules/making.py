"""Rules, templates and what came of them, by the API."""

from __future__ import annotations

from typing import Any

from tests.api import Api

ALWAYS: dict[str, Any] = {"all": []}


def add_rule(api: Api, *actions: dict[str, Any], when: Any = ALWAYS, **more: Any) -> Any:
    body = {"name": "Rule", "when": when, "then": list(actions), **more}
    return api.post("/v1/rules", body).ok(201)


def text(field: str, operator: str, *values: str) -> dict[str, Any]:
    return {"field": field, "operator": operator, "values": list(values)}


def runs_of(api: Api, message: Any) -> list[Any]:
    """What came of each rule for a message."""
    found: list[Any] = api.get(f"/v1/messages/{message['id']}/rule-runs").ok()["runs"]
    return found


def fired(api: Api, rule: Any) -> list[Any]:
    """The mails for which a rule fired, newest first."""
    found: list[Any] = api.get(f"/v1/rules/{rule['id']}/runs").ok()["data"]
    return found


def effects(run: Any) -> dict[str, Any]:
    """By action, why it was left out, or None when it was done."""
    return {one["action"]: one["skipped"] for one in run["effects"]}
