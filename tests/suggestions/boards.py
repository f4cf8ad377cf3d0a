"""Suggestions, and those who vote for them."""

from __future__ import annotations

from typing import Any

from tests.api import Answer, Api

PUBLIC = Api(None)
BOARD = "/v1/public/suggestions"


def posted(api: Api, title: str = "Looms in green", text: str = "All are grey.", **more: Any) -> str:
    """A public suggestion; its id."""
    return str(api.post("/v1/suggestions", {"title": title, "text": text, **more}).ok(201)["id"])


def customer(api: Api, name: str, **more: Any) -> str:
    person = {"name": name, "emails": [f"{name.lower()}@example.org"], **more}
    return str(api.post("/v1/customers", person).ok(201)["id"])


def token(api: Api, customer_id: str) -> str:
    """Of the customer's own link."""
    url = api.post(f"/v1/customers/{customer_id}/portal-links", {}).ok(201)["url"]
    return str(url).rpartition("/")[2]


def vote(suggestion_id: str, address: str = "192.0.2.1", **body: Any) -> Answer:
    """A vote from a network address."""
    from tests.api import match, proxy_event

    path = f"{BOARD}/{suggestion_id}/votes"
    route = match(path)
    assert route
    event = proxy_event("POST", path, "", route, body, {})
    event["requestContext"]["identity"] = {"sourceIp": address}
    return PUBLIC.send(event)


def votes(api: Api, suggestion_id: str) -> int:
    return int(api.get(f"/v1/suggestions/{suggestion_id}").ok()["votes"])


def board(**query: str) -> list[Any]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return [one["title"] for one in PUBLIC.get(f"{BOARD}?{asked}").ok()["data"]]
