"""Laws of conditions, the order of rules, and that no rule takes long."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from chalicelib.rules.conditions import Condition, When, nodes
from chalicelib.rules.evaluation import evaluate, failure
from chalicelib.rules.facts import AttachmentFact, CustomerFact, Facts
from chalicelib.rules.model import MAX_ANSWERS, MAX_FIRED, NewRule, Rule

AT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
CONDITION: TypeAdapter[Condition] = TypeAdapter(When)
TAG: dict[str, Any] = {"action": "tag", "add": ["seen"]}
FACTS = Facts(
    at=AT,
    mailbox="support@shop.example",
    mail_class="human",
    subject="Réclamation: ÜBERWEISUNG fehlt",
    text="Hello,\nthe invoice 2026-17 is wrong. I want a refund!",
    sender="ada@mail.example.org",
    sender_name="Ada Lovelace",
    recipients=("support@shop.example", "boss@example.org"),
    language="en",
    attachments=(AttachmentFact("Invoice.PDF", "application/pdf", 2000),),
    spam="UNKNOWN",
    customer=CustomerFact(
        "customer", ("VIP", "shop"), {"score": 7, "since": "2024-05-01", "plan": "Gold", "b": True}
    ),
)


def is_open(calendar_id: str | None, at: datetime) -> bool:
    return calendar_id is None


def condition(tree: Any) -> Condition:
    return CONDITION.validate_python(tree)


def holds(tree: Any, facts: Facts = FACTS) -> bool:
    return failure(condition(tree), facts, is_open) is None


def text(field: str, operator: str, *values: str) -> dict[str, Any]:
    return {"field": field, "operator": operator, "values": list(values)}


def custom(name: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"field": "custom", "name": name, "operator": operator, "value": value}


def rule(number: int, **changes: Any) -> Rule:
    new = NewRule.model_validate({"name": "r", "when": {"all": []}, "then": [TAG], **changes})
    given = {name: getattr(new, name) for name in NewRule.model_fields}
    return Rule(id=f"rul_{number:026d}", version=1, created_at=AT, updated_at=AT, **given)


def outcomes(rules: list[Rule], facts: Facts = FACTS, full: tuple[str, ...] = ()) -> list[str]:
    decision = evaluate(rules, facts, is_open=is_open, is_full=lambda one: one.id in full)
    return [run.outcome for run in decision.runs]


YES = [
    text("mailbox", "is", "SUPPORT@shop.example"),
    text("sender", "ends_with", "example.org"),
    text("sender_name", "begins_with", "ada"),
    text("domain", "is", "other.example", "mail.example.org"),
    text("recipient", "is", "boss@example.org"),
    text("subject", "contains", "reclamation"),
    text("subject", "words", "uberweisung fehlt"),
    text("subject", "like", "*reclam*fehlt"),
    text("subject", "like", "réclamation: überweisung fehlt"),
    text("text", "words", "invoice"),
    text("attachment_name", "like", "*.pdf"),
    text("attachment_type", "is", "application/pdf"),
    {"field": "class", "values": ["bulk", "human"]},
    {"field": "language", "values": ["de", "en"]},
    {"field": "stage", "values": ["customer"]},
    {"field": "tag", "values": ["vip"]},
    {"field": "spam", "values": ["UNKNOWN", "FAIL"]},
    {"field": "virus", "values": ["PASS"]},
    {"field": "sender_verified", "value": True},
    {"field": "has_attachment", "value": True},
    {"field": "reply", "value": False},
    {"field": "known_customer", "value": True},
    {"field": "attachment_count", "at_least": 1, "at_most": 1},
    {"field": "attachment_bytes", "at_least": 2000},
    {"field": "business_hours", "open": True},
    {"field": "business_hours", "open": False, "calendar_id": "cal_" + "0" * 26},
    custom("score", "is", 7),
    custom("score", "at_least", 7),
    custom("score", "at_most", 7.5),
    custom("since", "at_least", "2024-01-01"),
    custom("plan", "contains", "OLD"),
    custom("b", "is", True),
    custom("plan", "is_set"),
    custom("other", "is_set", False),
]
NO = [
    text("subject", "words", "uberweis"),
    text("subject", "is", "uberweisung"),
    text("subject", "like", "reclam"),
    text("sender", "begins_with", "eve", "bob"),
    text("attachment_name", "like", "*.pdf*x"),
    {"field": "class", "values": ["auto_reply"]},
    {"field": "stage", "values": ["lead"]},
    {"field": "attachment_count", "at_most": 0},
    custom("score", "at_least", 8),
    custom("score", "is", "7"),
    custom("b", "is", 1),
    custom("score", "contains", 7),
    custom("other", "is", "x"),
]


@pytest.mark.parametrize("tree", YES)
def test_each_condition_holds_when_it_should(tree: Any) -> None:
    assert holds(tree)
    assert not holds({"not": tree})


@pytest.mark.parametrize("tree", NO)
def test_each_condition_fails_when_it_should(tree: Any) -> None:
    assert not holds(tree)


def test_of_nobody_known_nothing_holds() -> None:
    unknown = Facts(at=AT, mailbox="a@b.example", mail_class="unreadable")
    for tree in YES:
        if tree["field"] in ("stage", "tag", "custom", "language", "subject", "text", "sender", "domain"):
            assert not holds(tree, unknown), tree
    assert holds({"field": "known_customer", "value": False}, unknown)


leaves = st.sampled_from(YES + NO)
trees = st.recursive(
    leaves,
    lambda inner: (
        st.builds(lambda some: {"all": some}, st.lists(inner, max_size=3))
        | st.builds(lambda some: {"any": some}, st.lists(inner, max_size=3))
        | st.builds(lambda one: {"not": one}, inner)
    ),
    max_leaves=6,
).filter(lambda tree: _depth(tree) <= 3)


def _depth(tree: Any) -> int:
    inner = tree.get("all") or tree.get("any") or ([tree["not"]] if "not" in tree else [])
    return 1 + max((_depth(one) for one in inner), default=0)


@given(trees, trees)
def test_all_any_and_not_are_what_logic_says(one: Any, other: Any) -> None:
    a, b = holds(one), holds(other)
    assert holds({"all": [one, other]}) is (a and b)
    assert holds({"any": [one, other]}) is (a or b)
    assert holds({"not": one}) is not a
    assert holds({"not": {"all": [one, other]}}) is holds({"any": [{"not": one}, {"not": other}]})


@given(trees)
def test_what_failed_is_named_and_really_fails(tree: Any) -> None:
    path = failure(condition(tree), FACTS, is_open)
    if path is None:
        return
    found: Any = tree
    for step in path.split(".")[1:]:
        found = found[int(step)] if step.isdecimal() else found[step]
    assert not holds(found)


@given(trees)
def test_a_tree_is_the_same_after_being_stored(tree: Any) -> None:
    found = condition(tree)
    assert CONDITION.validate_python(CONDITION.dump_python(found, mode="json")) == found
    assert len(list(nodes(found))) >= 1


@pytest.mark.parametrize(
    "tree",
    [
        {"field": "password", "operator": "is", "values": ["x"]},
        {"field": "subject", "operator": "matches", "values": ["(a+)+$"]},
        {"field": "subject", "operator": "is", "values": []},
        {"field": "subject", "operator": "is", "values": ["x"] * 21 + ["y"]},
        {"field": "subject", "operator": "is", "values": ["x" * 201]},
        {"all": [{"field": "reply", "value": True}], "any": []},
        {"any": [{"field": "reply", "value": True}] * 21},
        {"all": [{"any": [{"field": "reply", "value": True}] * 20}] * 3},
        {"not": {"not": {"not": {"not": {"not": {"all": []}}}}}},
        {},
        "subject",
    ],
)
def test_what_is_unknown_or_too_much_is_refused(tree: Any) -> None:
    with pytest.raises(ValidationError):
        condition(tree)


def test_rules_go_in_order_until_one_stops() -> None:
    never: dict[str, Any] = {"any": []}
    rules = [
        rule(1, enabled=False, stop=True),
        rule(2, when=never, stop=True),
        rule(3),
        rule(4, stop=True, rate_limit={"count": 1, "seconds": 60}),
        rule(5, stop=True),
        rule(6),
    ]
    full = (rules[3].id,)
    assert outcomes(rules, full=full) == [
        *("disabled", "not_matched", "fired", "rate_limited", "fired", "stopped")
    ]


def test_no_more_fire_than_one_transaction_holds() -> None:
    assert outcomes([rule(number) for number in range(12)]) == ["fired"] * MAX_FIRED + ["too_many"] * 2


def test_rules_stop_answering_when_nobody_else_does() -> None:
    answer = {"action": "answer", "template_id": "tpl_" + "0" * 26}
    deep = Facts(at=AT, mailbox="a@b.example", mail_class="human", depth=MAX_ANSWERS)
    assert outcomes([rule(1, then=[answer]), rule(2)], deep) == ["too_deep", "fired"]


@given(st.text("ab*", max_size=8), st.text("ab", max_size=8))
def test_a_pattern_means_what_it_says(pattern: str, value: str) -> None:
    from fnmatch import fnmatchcase

    from chalicelib.rules.evaluation import _like

    assert _like(value, pattern) is fnmatchcase(value, pattern)


def test_the_worst_rules_on_the_worst_mail_take_a_second_or_two() -> None:
    """A hundred rules at their bounds, each asking for all it may of a long text that nearly fits."""
    near = "a" * 190
    values = [f"*{near}{number}*b{number}" for number in range(19)]
    tree = {"all": [{"not": text("text", "like", *values)}, {"not": text("text", "contains", *values)}]}
    rules = [rule(number, when=tree, stop=False) for number in range(100)]
    assert max(len(one.model_dump_json()) for one in rules) > 7_000
    facts = Facts(at=AT, mailbox="m@b.example", mail_class="human", text="a" * 20_000)
    begin = time.process_time()
    outcomes(rules, facts)
    assert time.process_time() - begin < 4
