"""Every route by its owner with hostile paths, queries, bodies, forms, headers: refused, nothing broken."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.kernel.http.routes import Route
from tests import api
from tests.api import Answer, proxy_event
from tests.infra.parts import PUBLIC
from tests.intruders.asking import routes
from tests.intruders.desk import Desk
from tests.intruders.house import House

WORDS = {
    "another folder": "../../etc/passwd",
    "an absolute path": "/etc/passwd",
    "NUL": "a\x00b",
    "lines": "a\r\nSet-Cookie: x=1\r\n\r\n<script>alert(1)</script>",
    "a device": "CON",
    "turned around": "a\u202egpj.exe",
    "a lone surrogate": "a\ud800b",
    "a script": "\"'><script>alert(1)</script>",
    "a template": "{{ 7 * 7 }}${7*7}<%= 7*7 %>",
    "a condition": "x' OR '1'='1",
    "a key of another item": "CUS#01J00000000000000000000000",
    "a long one": "x" * 5_000,
    "a number": "9" * 400,
    "other digits": "\u0661\u0662",
    "empty": "",
}
BODIES = {
    "deep lists": "[" * 50_000,
    "deep maps": '{"a":' * 20_000,
    "deep and closed": "[" * 5_000 + "]" * 5_000,
    "not a number": '{"score": NaN, "limit": Infinity}',
    "too large a number": '{"score": 1e999}',
    "a number of many digits": '{"score": ' + "9" * 10_000 + "}",
    "a lone surrogate": '{"name": "\\ud800"}',
    "NUL": '{"name": "\\u0000"}',
    "a list": "[1]",
    "a text": '"x"',
    "prototypes": '{"__proto__": {"x": 1}, "constructor": 1, "__class__": "x"}',
    "nothing": "",
}
HEADERS = {
    "Idempotency-Key": ["x\r\ny", "\u00e9", "x" * 300],
    "If-Match": ["\u0661", '"' + "9" * 500 + '"', "W/x,y"],
    "If-None-Match": ["," * 5_000, '"x'],
    "Accept-Language": ["en;q=" * 900, "\x00", "../../de"],
    "Rapport-Actor": ["../stf", "x\r\ny", "\u0661"],
    "Content-Type": ["text/html", "application/json;" * 300, "multipart/form-data; boundary=x"],
    "User-Agent": ["\x00\ud800"],
}


def _ask(
    house: House, route: Route, given: dict[str, str], query: str, body: Any, more: dict[str, str]
) -> Answer:
    """A request by the owner; one to a page brings a form."""
    if "form" in route.types:
        more = {"Content-Type": "application/x-www-form-urlencoded"} | more
    event = proxy_event(route.method, route.path.format_map(given), query, (route.path, given), body, more)
    if route.path not in PUBLIC:
        event["requestContext"]["authorizer"] = {"principalId": _key_id(house), "scopes": "*"}
    return api.deliver(event)


def _key_id(house: House) -> str:
    return f"key_{str(house.owner.key).split('_')[1]}"


def _right(route: Route, desk: Desk) -> dict[str, str]:
    token = {"token": desk.kind(route).right} if "{token}" in route.path else {}
    return desk.values.of(route, **token)


def _wrong(answer: Answer) -> str:
    """What is wrong with an answer to something hostile: it broke, or it gave back what was sent."""
    if answer.status >= 500:
        return f"{answer.status}"
    if any("\r" in str(value) or "\n" in str(value) for value in answer.headers.values()):
        return "a header of two lines"
    if "html" in answer.headers.get("Content-Type", "") and "<script>alert" in answer.text:
        return "a script"
    return ""


def test_a_hostile_path_names_nothing(house: House, desk: Desk) -> None:
    broken = []
    for route in routes():
        for name in list(route.path_parameters)[-1:]:
            for kind, word in WORDS.items():
                if not word or "\ud800" in word:
                    continue  # neither reaches us: one is another path, the other no UTF-8
                given = _right(route, desk) | {name: word}
                answer = _ask(house, route, given, "", None if route.method == "GET" else "{}", {})
                if wrong := _wrong(answer) or ("let in" if answer.status < 300 else ""):
                    broken.append((route.method, route.path, name, kind, wrong))
    assert broken == []


def test_a_hostile_query_breaks_nothing(house: House, desk: Desk) -> None:
    broken = []
    for route in routes():
        names = list(route.types["query"].model_fields) if "query" in route.types else []
        for name in [*names, "no_such_parameter"]:
            for kind in ("NUL", "lines", "a lone surrogate", "a script", "a number", "other digits"):
                word = WORDS[kind]
                query = urlencode({name: word}, errors="surrogatepass")
                if route.method == "GET" and (
                    wrong := _wrong(_ask(house, route, _right(route, desk), query, None, {}))
                ):
                    broken.append((route.path, name, kind, wrong))
    assert broken == []


@pytest.mark.parametrize("kind", BODIES)
def test_a_hostile_body_changes_nothing(house: House, desk: Desk, kind: str) -> None:
    broken = []
    with house.unchanged():
        for route in routes():
            if "body" in route.types:
                answer = _ask(house, route, _right(route, desk), "", BODIES[kind], {})
                if not 400 <= answer.status < 500:
                    broken.append((route.method, route.path, answer.status, answer.text[:200]))
    assert broken == []


def test_a_hostile_form_is_words(house: House, desk: Desk) -> None:
    broken = []
    names = ("email", "subject", "text", "title", "once", "do", "score", "comment", "shown", "on", "language")
    for route in routes():
        if "form" in route.types:
            for kind, word in WORDS.items():
                form = urlencode(dict.fromkeys(names, word), errors="surrogatepass")
                if wrong := _wrong(_ask(house, route, _right(route, desk), "", form, {})):
                    broken.append((route.path, kind, wrong))
    assert broken == []


def test_a_hostile_header_breaks_nothing(house: House, desk: Desk) -> None:
    broken = []
    doors = {(route.method, route.scope is None, "form" in route.types): route for route in routes()}
    for route in doors.values():
        for name, values in HEADERS.items():
            for value in values:
                body = None if route.method in ("GET", "DELETE") else '{"no_such_field": 1}'
                answer = _ask(house, route, _right(route, desk), "", body, {name: value})
                if wrong := _wrong(answer):
                    broken.append((route.method, route.path, name, value[:20], wrong))
    assert broken == []
