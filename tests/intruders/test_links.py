"""Every route that a signed link opens, by every link but the right one: refused, nothing touched or told."""

from __future__ import annotations

from tests.api import Answer
from tests.intruders.asking import Asking, opened_by_links
from tests.intruders.desk import Desk
from tests.intruders.house import House
from tests.intruders.links import forged

OF_ADA = ("ada@example.org", "Lovelace", "kettle", "Kettle", "amazonaws")
LEAVING = {"/unsubscribe/{token}", "/confirm/{token}/decline"}
"""What an old link still does: who wants to hear no more is heard."""
NOBODY = Asking(None)


def _refused(answer: Answer) -> bool:
    """Whether it says no, and nothing of Ada: neither herself, nor her tickets, nor where her files are."""
    told = answer.text + str(answer.headers)
    return answer.status in (403, 404, 410) and not [word for word in OF_ADA if word in told]


def test_each_route_that_a_link_opens_is_known(desk: Desk) -> None:
    assert len([desk.kind(route) for route in opened_by_links()]) > 15


def test_a_forged_link_opens_nothing(house: House, desk: Desk) -> None:
    let_in = []
    tokens = {
        kind.purpose: list(
            forged(kind, [one for one in desk.ada.values() if one != kind], desk.bob[kind.purpose])
        )
        for kind in desk.ada.values()
    }
    with house.untouched():
        for route in opened_by_links():
            for wrong, token in tokens[desk.kind(route).purpose]:
                answer = NOBODY.ask(route, desk.values.of(route, token=token))
                if not _refused(answer):
                    let_in.append((route.method, route.path, wrong, answer.status, answer.text[-500:]))
    assert let_in == []


def test_a_link_that_is_over_opens_nothing(house: House, desk: Desk) -> None:
    let_in = []
    with house.unchanged():
        for route in opened_by_links():
            if route.path in LEAVING:
                continue
            answer = NOBODY.ask(route, desk.values.of(route, token=desk.kind(route).expired))
            if not _refused(answer):
                let_in.append((route.method, route.path, answer.status, answer.text[-500:]))
    assert let_in == []


def test_a_link_of_somebody_else_opens_nothing_of_hers(house: House, desk: Desk) -> None:
    let_in = []
    with house.unchanged():
        for route in opened_by_links():
            if len(route.path_parameters) > 1:
                token = desk.kind(route, desk.bob).right
                answer = NOBODY.ask(route, desk.values.of(route, token=token))
                if not _refused(answer):
                    let_in.append((route.method, route.path, answer.status, answer.text[-500:]))
    assert let_in == []


def test_the_right_link_opens_each(house: House, desk: Desk) -> None:
    """Else the rest would prove nothing. Last, since it changes what is there."""
    kept_out = []
    for route in sorted(opened_by_links(), key=lambda one: one.method):
        answer = NOBODY.ask(route, desk.values.of(route, token=desk.kind(route).right))
        if answer.status >= 400 and not (answer.status == 422 and route.method != "GET"):
            kept_out.append((route.method, route.path, answer.status, answer.text[-500:]))
    assert kept_out == []
