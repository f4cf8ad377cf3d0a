"""Which policy a ticket gets: the first whose conditions it meets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.sla.model import Case, Policies
from tests.sla.clocks import policy

TEAM = "tea_01J00000000000000000000000"
CASE = Case(
    priority="high",
    channel="email",
    team=TEAM,
    tags=frozenset({"returns", "vip"}),
    mailbox="help@shop.example",
    customer_id="cus_01J00000000000000000000000",
)


@pytest.mark.parametrize(
    ("conditions", "matches"),
    [
        ({}, True),
        ({"stages": ["customer", "former"]}, True),
        ({"stages": ["lead"]}, False),
        ({"priorities": ["high", "urgent"]}, True),
        ({"priorities": ["low"]}, False),
        ({"channels": ["email"]}, True),
        ({"channels": ["phone"]}, False),
        ({"teams": [TEAM]}, True),
        ({"teams": [TEAM[:-1] + "1"]}, False),
        ({"tags": ["vip", "press"]}, True),
        ({"tags": ["press"]}, False),
        ({"mailboxes": ["Help@shop.example"]}, True),
        ({"mailboxes": ["sales@shop.example"]}, False),
        ({"priorities": ["high"], "channels": ["phone"]}, False),
    ],
)
def test_each_list_that_is_not_empty_must_have_its_value(conditions: Any, matches: bool) -> None:
    assert policy(conditions=conditions).matches(CASE, "customer") is matches


def test_what_a_ticket_has_not_meets_no_condition() -> None:
    nothing = replace(CASE, team=None, tags=frozenset(), mailbox=None)
    for conditions in ({"teams": [TEAM]}, {"tags": ["vip"]}, {"mailboxes": ["help@shop.example"]}):
        assert not policy(conditions=conditions).matches(nothing, None)
    assert not policy(conditions={"stages": ["lead"]}).matches(nothing, None)


def test_the_first_that_is_active_is_chosen() -> None:
    off = policy(active=False)
    first, second = policy(), policy()
    assert Policies(data=[off, first, second]).choose(CASE, None) is first
