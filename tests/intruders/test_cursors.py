"""Every list, by cursors that are not its own: refused, nothing read."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from chalicelib.kernel import tokens
from chalicelib.kernel.http.paging import PageParameters, seal
from chalicelib.kernel.http.routes import Route
from tests.intruders.asking import Asking, routes
from tests.intruders.callers import header
from tests.intruders.desk import Desk
from tests.intruders.house import House
from tests.intruders.links import ELSEWHERE

NEEDED: dict[str, dict[str, Any]] = {
    "/v1/invitations": {"survey": "delivery"},
    "/v1/messages": {"class": "bulk"},
}
"""What lists do not do without."""
POSITION = "01J00000000000000000000000"
POSITIONS = {"/v1/imports/{import_id}/rows": "0:0"}
"""What positions are like in lists that go on by something else than a sort key."""


def lists() -> list[Route]:
    return [
        route
        for route in routes()
        if "query" in route.types and issubclass(route.types["query"], PageParameters)
    ]


def _name(route: Route, path: str) -> str:
    """What a list's cursors are bound to: its path and its query."""
    given = NEEDED.get(route.path, {})
    query = route.types["query"].model_validate(given)
    return f"{path}?{query.model_dump_json(exclude={'cursor', 'limit'})}"


def _foreign(route: Route, path: str, name: str) -> Iterator[tuple[str, str]]:
    """Cursors that are none of this list's, by what is wrong with each."""
    tag = tokens.tag("cursor", f"{name}\n{POSITION}")
    yield "of no list", "x"
    yield "not signed", _encoded(POSITION.encode())
    yield "of another position", _encoded(tag + POSITION.replace("J", "K").encode())
    yield "of another list", seal(POSITION, "/v1/another?{}")
    yield "of another entity", seal(POSITION, name.replace(path, path.replace("0", "1") + "1"))
    yield "of another query", seal(POSITION, name.replace("{", '{"q":"x",', 1))
    yield "of another installation", _encoded(_elsewhere(f"{name}\n{POSITION}") + POSITION.encode())
    yield "of another purpose", tokens.seal("portal", f"{name}\n{POSITION}")
    yield "not signed (alg none)", "eyJhbGciOiJub25lIn0.e30."


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _elsewhere(message: str) -> bytes:
    return hmac.digest(tokens.hkdf(ELSEWHERE, b"cursor/1"), message.encode(), "sha256")[: tokens.TAG_BYTES]


def _path(route: Route, desk: Desk) -> tuple[dict[str, str], str]:
    token = {"token": desk.kind(route).right} if "{token}" in route.path else {}
    given = desk.values.of(route, **token)
    return given, route.path.format_map(given)


def test_a_foreign_cursor_is_refused(house: House, desk: Desk) -> None:
    let_in = []
    owner = Asking(header(str(house.owner.key)))
    with house.untouched():
        for route in lists():
            given, path = _path(route, desk)
            for wrong, cursor in _foreign(route, path, _name(route, path)):
                query = urlencode(NEEDED.get(route.path, {}) | {"cursor": cursor}, quote_via=quote)
                answer = owner.ask(route, given, query)
                if (answer.status, answer.json.get("code")) != (400, "invalid_cursor"):
                    let_in.append((route.path, wrong, answer.status, answer.text[-300:]))
    assert let_in == []


def test_its_own_cursor_is_taken(house: House, desk: Desk) -> None:
    """Else the rest would prove nothing."""
    kept_out = []
    owner = Asking(header(str(house.owner.key)))
    for route in lists():
        given, path = _path(route, desk)
        cursor = seal(POSITIONS.get(route.path, POSITION), _name(route, path))
        query = urlencode(NEEDED.get(route.path, {}) | {"cursor": cursor})
        answer = owner.ask(route, given, query)
        if answer.status != 200:
            kept_out.append((route.path, answer.status, answer.text[-300:]))
    assert kept_out == []
