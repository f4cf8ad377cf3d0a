"""Builders: a topic, customers, what they say, and a merge of two."""

from __future__ import annotations

from typing import Any

from tests.api import Api

SAID = {"channel": "email", "topic": "offers", "state": "granted", "source": "web form /signup"}


def topic(api: Api, topic_id: str = "offers", **more: Any) -> Any:
    return api.post(
        "/v1/topics", {"id": topic_id, "name": topic_id.title(), "double_opt_in": False} | more
    ).ok(201)


def customer(api: Api, **more: Any) -> str:
    """The path of a new customer."""
    return f"/v1/customers/{api.post('/v1/customers', {'name': 'Ada', **more}).ok(201)['id']}"


def say(api: Api, url: str, **more: Any) -> Any:
    return api.post(f"{url}/consents", SAID | more).ok()


def effective(api: Api, url: str) -> dict[tuple[str, str], str]:
    found = api.get(f"{url}/consents").ok()["effective"]
    return {(one["channel"], one["topic"]): one["state"] for one in found}


def merge(api: Api, survivor: str, loser: str) -> None:
    api.post(f"{survivor}/merge", {"merged_id": loser.rpartition("/")[2]}).ok()
