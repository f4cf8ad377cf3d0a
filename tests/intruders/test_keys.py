"""Every route that is not public, by every kind of caller without the right key: refused, nothing touched."""

from __future__ import annotations

from functools import cache

import pytest

from tests.api import deliver
from tests.infra.parts import PUBLIC
from tests.intruders.asking import Asking, event_of, guarded, routes
from tests.intruders.callers import REFUSED, header, lacking
from tests.intruders.house import House
from tests.memory import caller


@cache
def _with(*scopes: str) -> Asking:
    """Somebody with a new key of these scopes, whose use was noted just now."""
    asking = Asking(header(str(caller(*scopes).key)))
    assert asking.let_in
    return asking


def test_what_is_public_is_on_the_list_and_nothing_else() -> None:
    assert {route.path for route in routes() if route.scope is None} == PUBLIC


@pytest.mark.parametrize("who", REFUSED)
def test_is_refused_everywhere(house: House, who: str) -> None:
    asking = Asking(REFUSED[who]())
    with house.untouched():
        answers = {
            f"{route.method} {route.path}": asking.ask(route, house.values.of(route)) for route in guarded()
        }
    let_in = {name: answer.text for name, answer in answers.items() if answer.status != 401}
    assert let_in == {}


def test_past_the_gateway_is_refused_too(house: House) -> None:
    """Whoever gets round the authorizer, or through it with nothing, gets nothing."""
    let_in = []
    with house.untouched():
        for route in guarded():
            for context in (None, {}, {"principalId": ""}, {"scopes": "*"}):
                event = event_of(route, house.values.of(route), "", {})
                event["requestContext"]["authorizer"] = context
                answer = deliver(event)
                if answer.status != 401 or answer.json["code"] != "unauthorized":
                    let_in.append((route.method, route.path, context, answer.text))
    assert let_in == []


def test_each_scope_opens_its_own_routes_alone(house: House) -> None:
    let_in = []
    scopes = {str(route.scope) for route in guarded()}
    callers = {scope: [_with(*some) for some in lacking(scope)] for scope in scopes}
    with house.untouched():
        for route in guarded():
            for one in callers[str(route.scope)]:
                answer = one.ask(route, house.values.of(route))
                if (answer.status, answer.json.get("code")) != (403, "missing_scope"):
                    let_in.append((route.method, route.path, answer.text))
    assert let_in == []


def test_nobody_acts_for_the_staff_without_the_scope(house: House) -> None:
    let_in = []
    callers = {scope: _with(scope) for scope in {str(route.scope) for route in guarded()}}
    actor = house.values.ids["stf"]
    with house.untouched():
        for route in guarded():
            answer = callers[str(route.scope)].ask(route, house.values.of(route), Rapport_Actor=actor)
            if (answer.status, answer.json.get("scope")) != (403, "staff:act"):
                let_in.append((route.method, route.path, answer.text))
    assert let_in == []


def test_the_right_key_is_let_in_everywhere(house: House) -> None:
    """Else the rest would prove nothing: what is there is read, and what is asked wrong is said to be."""
    answers = {}
    for route in guarded():
        if route.method == "GET":
            answers[route.path] = _with(str(route.scope)).ask(route, house.values.of(route)).status
    assert not {401, 403} & set(answers.values())
    assert list(answers.values()).count(200) > 90
