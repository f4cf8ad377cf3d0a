"""One request for each route of the app, by the app's own table, about what is really there."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import import_module
from typing import Any

from chalicelib.features import FEATURES
from chalicelib.kernel.http.routes import Route
from tests import api
from tests.api import Answer, proxy_event
from tests.infra.parts import PUBLIC

ULID = "01J00000000000000000000000"
OTHERWISE = {
    "queue": "timers",
    "replay_id": f"rpl_{ULID}",
    "identity_id": f"idy_{ULID}",
    "attachment_id": "0" * 64,
    "suppression_id": "0" * 64,
    "dimension": "channel",
    "number": "1",
    "asset": "favicon.svg",
    "token": "token",
    "slug": "returns",
    "survey": "delivery",
    "field_name": "size",
    "topic_id": "news",
}
"""What the parameters are that name nothing by an id of an item."""


_PORTAL = "/v1/public/portal/{token}/tickets"
SAID = {
    f"POST {_PORTAL}": {"subject": "Lid", "text": "Stuck."},
    f"PATCH {_PORTAL}/{{ticket_id}}": {"status": "solved"},
    f"POST {_PORTAL}/{{ticket_id}}/messages": {"text": "Still."},
}
"""Bodies of routes that look at them before they look at a link."""


@cache
def routes() -> list[Route]:
    """Every route of every feature."""
    return [route for module in FEATURES for route in import_module(module).routes.table]


def guarded() -> list[Route]:
    """Those that need a key: whatever is on no list of what answers without."""
    return [route for route in routes() if route.path not in PUBLIC]


def opened_by_links() -> list[Route]:
    """Those that a signed link opens."""
    return [route for route in routes() if "{token}" in route.path]


@dataclass(frozen=True)
class Values:
    """What path parameters can be: the first id of their kind in the table."""

    ids: dict[str, str]
    otherwise: dict[str, str] = field(default_factory=dict)

    def of(self, route: Route, **given: str) -> dict[str, str]:
        """A value for each of a route's parameters; a page's take any text, so those go by their names."""
        return {name: given.get(name) or self._one(route, name) for name in route.path_parameters}

    def _one(self, route: Route, name: str) -> str:
        otherwise = OTHERWISE | self.otherwise
        if name in otherwise:
            return otherwise[name]
        prefix = _PREFIX.search(str(route.types[name]))
        kind = prefix[1] if prefix else _PAGES[name]
        return self.ids[kind]


_PREFIX = re.compile(r"\^([a-z]{3,5})_\[")
_PAGES = {"ticket_id": "tkt", "message_id": "msg", "suggestion_id": "sug"}


def values_of(items: list[dict[str, Any]]) -> Values:
    """The ids of the entities in the table, else whatever ids are named there."""
    named = re.findall(r"\b([a-z]{3,5})_([0-7][0-9A-HJKMNP-TV-Z]{25})\b", json.dumps(items, default=str))
    entities = [str(item["id"]).partition("_") for item in items if "id" in item]
    known = [*((kind, ulid) for kind, _, ulid in entities), *named]
    return Values({kind: f"{kind}_{ulid}" for kind, ulid in reversed(known)})


@dataclass(frozen=True)
class Asking:
    """Somebody at the door with this `Authorization`, or none, as API Gateway would let them through."""

    header: str | None

    @cached_property
    def let_in(self) -> Any:
        """What the authorizer said of them, which API Gateway keeps for a minute; None for nobody."""
        return api.authorize_header(self.header) if self.header is not None else None

    def ask(self, route: Route, given: dict[str, str], query: str = "", **headers: str) -> Answer:
        """Send a route's request."""
        event = event_of(route, given, query, headers)
        if route.path not in PUBLIC:
            if self.let_in is None:
                return Answer(401, {"Content-Type": "application/problem+json"}, '{"code": "unauthorized"}')
            who = {"principalId": self.let_in["principalId"], **self.let_in["context"]}
            event["requestContext"]["authorizer"] = who
        return api.deliver(event)


def event_of(route: Route, given: dict[str, str], query: str, headers: dict[str, str]) -> dict[str, Any]:
    """What API Gateway makes of a request for a route, about what its parameters say."""
    path = route.path.format_map(given)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    body: Any = None if route.method in ("GET", "DELETE") else SAID.get(f"{route.method} {route.path}", {})
    if "form" in route.types:
        body, sent["Content-Type"] = "", "application/x-www-form-urlencoded"
    return proxy_event(route.method, path, query, (route.path, given), body, sent)
