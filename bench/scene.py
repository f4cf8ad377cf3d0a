"""A small business on the cloud in memory, in which requests and messages are measured."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

import app as application
from chalicelib.kernel import telemetry
from tests import mailbox
from tests.api import Api, match, proxy_event
from tests.cloud import Cloud

_numbers = itertools.count(1)


@dataclass
class Scene:
    """A customer with one ticket that came by mail, two who were merged, one of the staff; ids by name."""

    cloud: Cloud
    api: Api
    ids: dict[str, str] = field(default_factory=dict)


def invocation(method: str, url: str, ids: dict[str, str], body: Any = None, **headers: str) -> Any:
    """The event of a request that the authorizer let through; the URL names ids in braces."""
    path, _, query = url.format(**ids).partition("?")
    route = match(path)
    assert route is not None, path
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    event = proxy_event(method, path, query, route, body, sent)
    event["requestContext"]["authorizer"] = {"principalId": "key_bench", "scopes": "*"}
    return event


def perform(event: Any) -> Any:
    """What the API function answers, which has to be a success."""
    answer = application.app(event, None)
    assert answer["statusCode"] < 300, answer["body"]
    return json.loads(answer["body"] or "null")


Act = Callable[[Scene], Callable[[], Any]]
"""Prepares something in a scene, and gives what is to be measured."""


def request(method: str, url: str, body: Callable[[Scene], Any] | None = None, **headers: str) -> Act:
    """A request that succeeds."""

    def prepare(scene: Scene) -> Callable[[], Any]:
        event = invocation(method, url, scene.ids, body(scene) if body else None, **headers)
        return lambda: perform(event)

    return prepare


def saying(body: Any) -> Callable[[Scene], Any]:
    """The same body in every scene."""
    return lambda _: body


def newcomer(_: Scene) -> Any:
    """The body of somebody whom nobody knows."""
    return {"emails": [fresh_address()]}


def quiet(patch: pytest.MonkeyPatch) -> None:
    """Let no log lines and metrics of the app come between the lines of the table."""
    telemetry.logger.setLevel("CRITICAL")
    patch.setattr(telemetry, "flush", telemetry.metrics.clear_metrics)


def fresh_address() -> str:
    """An address that nobody has."""
    return f"somebody{next(_numbers)}@example.net"


def _ada(scene: Scene) -> Any:
    """Somebody who is in every kind of list."""
    return {
        "name": "Ada Lovelace",
        "emails": ["ada@example.org"],
        "handles": ["mastodon:ada"],
        "stage": "customer",
        "tags": ["vip"],
        "owner": scene.ids["staff"],
        "organisation_id": scene.ids["organisation"],
        "custom": {"size": 38},
    }


def set_up(cloud: Cloud) -> Scene:
    """Build the scene through the API and the mail queue, as the world does."""
    from tests.memory import caller

    scene = Scene(cloud, caller("*"))
    api = scene.api
    staff = {"name": "Grace", "email": "grace@shop.example"}
    scene.ids["staff"] = api.post("/v1/staff", staff).ok(201)["id"]
    api.post("/v1/fields", {"name": "size", "kind": "number", "filterable": True}).ok(201)
    engines = {"name": "Engines", "domains": ["engines.example"]}
    scene.ids["organisation"] = api.post("/v1/organisations", engines).ok(201)["id"]
    scene.ids["customer"] = api.post("/v1/customers", _ada(scene)).ok(201)["id"]
    for name in ("survivor", "merged"):
        somebody = {"emails": [f"{name}@example.org"]}
        scene.ids[name] = api.post("/v1/customers", somebody).ok(201)["id"]
    api.post(f"/v1/customers/{scene.ids['survivor']}/merge", {"merged_id": scene.ids["merged"]}).ok()
    mailbox.receive(cloud, mailbox.write())
    scene.ids["ticket"] = api.get(f"/v1/tickets?customer_id={scene.ids['customer']}").ok()["data"][0]["id"]
    messages = api.get(f"/v1/tickets/{scene.ids['ticket']}/messages").ok()["data"]
    scene.ids["message"] = messages[0]["id"]
    feedback = {"customer_id": scene.ids["customer"], "kind": "nps", "score": 9}
    scene.ids["feedback"] = api.post("/v1/feedback", feedback).ok(202)["id"]
    cloud.pump()
    return scene
