"""Which rules fire for a mail, and why the others do not: pure, and bounded by the rules' own bounds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.rules.conditions import (
    All,
    AnyOf,
    ClassCondition,
    Condition,
    CustomCondition,
    FlagCondition,
    HoursCondition,
    LanguageCondition,
    Leaf,
    Not,
    NumberCondition,
    StageCondition,
    TagCondition,
    TextCondition,
    VerdictCondition,
)
from chalicelib.rules.facts import CustomerFact, Facts, plain, spaced
from chalicelib.rules.model import MAX_ANSWERS, MAX_FIRED, Outcome, Rule, Run

IsOpen = Callable[[str | None, datetime], bool]
"""Whether a calendar, or the default one, is open at a time."""
IsFull = Callable[[Rule], bool]
"""Whether a rule has fired as often as its rate limit allows."""


@dataclass(frozen=True)
class Decision:
    """The rules that fire, in order, and what came of each rule."""

    fired: list[Rule] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)


def evaluate(rules: Sequence[Rule], facts: Facts, *, is_open: IsOpen, is_full: IsFull) -> Decision:
    """Look at the rules in their order; one with `stop` that fires ends it."""
    decision = Decision()
    stopped = False
    for rule in rules:
        outcome, failed = ("stopped", None) if stopped else _outcome(rule, facts, decision, is_open, is_full)
        if outcome == "fired":
            decision.fired.append(rule)
            stopped = rule.stop
        run = Run(rule_id=rule.id, rule_version=rule.version, outcome=outcome, failed=failed)
        decision.runs.append(run)
    return decision


def _outcome(
    rule: Rule, facts: Facts, decision: Decision, is_open: IsOpen, is_full: IsFull
) -> tuple[Outcome, str | None]:
    if not rule.enabled:
        return "disabled", None
    failed = failure(rule.when, facts, is_open)
    if failed is not None:
        return "not_matched", failed
    if facts.depth >= MAX_ANSWERS and any(one.action == "answer" for one in rule.then):
        return "too_deep", None
    if rule.rate_limit is not None and is_full(rule):
        return "rate_limited", None
    return ("too_many", None) if len(decision.fired) == MAX_FIRED else ("fired", None)


def failure(condition: Condition, facts: Facts, is_open: IsOpen, path: str = "when") -> str | None:
    """The path of what does not hold, nearest to the fact; None when the condition holds."""
    match condition:
        case All():
            found = (failure(one, facts, is_open, f"{path}.all.{n}") for n, one in enumerate(condition.all))
            return next((inner for inner in found if inner is not None), None)
        case AnyOf():
            held = any(failure(one, facts, is_open) is None for one in condition.any)
        case Not():
            held = failure(condition.negated, facts, is_open) is not None
        case _:
            held = holds(condition, facts, is_open)
    return None if held else path


def holds(condition: Leaf, facts: Facts, is_open: IsOpen) -> bool:
    """Whether a condition on one fact holds."""
    match condition:
        case TextCondition():
            return _text_holds(condition, facts)
        case HoursCondition():
            return is_open(condition.calendar_id, facts.at) is condition.open
        case FlagCondition():
            return _flag(condition, facts) is condition.value
        case NumberCondition():
            return condition.at_least <= _number(condition, facts) <= condition.at_most
        case ClassCondition() | LanguageCondition() | VerdictCondition():
            return _word(condition, facts) in condition.values
        case StageCondition() | TagCondition() | CustomCondition():
            return facts.customer is not None and _customer_holds(condition, facts.customer)


def _text_holds(condition: TextCondition, facts: Facts) -> bool:
    wanted = [plain(value) for value in condition.values]
    if condition.operator == "words":
        texts, wanted = facts.worded[condition.field], [spaced(value) for value in wanted]
    else:
        texts = facts.texts[condition.field]
    fits = _FITS[condition.operator]
    return any(fits(text, value) for text in texts for value in wanted)


def _like(text: str, pattern: str) -> bool:
    """Whether a text is what a pattern with `*` says, in linear time: its pieces are found left to right."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    *between, last = rest
    place = len(first)
    if not text.startswith(first) or not text.endswith(last):
        return False
    for piece in between:
        found = text.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return place <= len(text) - len(last)


_FITS: dict[str, Callable[[str, str], bool]] = {
    "is": str.__eq__,
    "contains": str.__contains__,
    "words": str.__contains__,
    "begins_with": str.startswith,
    "ends_with": str.endswith,
    "like": _like,
}


def _flag(condition: FlagCondition, facts: Facts) -> bool:
    match condition.field:
        case "sender_verified":
            return facts.sender_verified
        case "has_attachment":
            return bool(facts.attachments)
        case "reply":
            return facts.reply
        case "known_customer":
            return facts.customer is not None


def _number(condition: NumberCondition, facts: Facts) -> int:
    if condition.field == "attachment_count":
        return len(facts.attachments)
    return sum(one.size for one in facts.attachments)


def _word(condition: ClassCondition | LanguageCondition | VerdictCondition, facts: Facts) -> str | None:
    match condition.field:
        case "class":
            return facts.mail_class
        case "language":
            return facts.language
        case "spam":
            return facts.spam
        case "virus":
            return facts.virus


def _customer_holds(
    condition: StageCondition | TagCondition | CustomCondition, customer: CustomerFact
) -> bool:
    match condition:
        case StageCondition():
            return customer.stage in condition.values
        case TagCondition():
            return not _plain(customer.tags).isdisjoint(_plain(condition.values))
        case CustomCondition():
            return _custom_holds(condition, customer.custom.get(condition.name))


def _plain(values: Iterable[str]) -> set[str]:
    return {plain(value) for value in values}


def _custom_holds(condition: CustomCondition, held: Any) -> bool:
    """Values of different kinds never compare. Of a field without a value only `is_set` with false holds."""
    wanted: Any = condition.value
    if condition.operator == "is_set":
        return (held is not None) is (wanted is not False)
    if isinstance(held, str) and isinstance(wanted, str):
        return _texts_compare(condition.operator, plain(held), plain(wanted))
    if isinstance(held, bool) or isinstance(wanted, bool) or isinstance(held, str) or isinstance(wanted, str):
        return condition.operator == "is" and type(held) is type(wanted) and held == wanted
    if held is None or wanted is None:
        return False
    return _numbers_compare(condition.operator, held, wanted)


def _texts_compare(operator: str, held: str, wanted: str) -> bool:
    match operator:
        case "contains":
            return wanted in held
        case "at_least":
            return held >= wanted
        case "at_most":
            return held <= wanted
        case _:
            return held == wanted


def _numbers_compare(operator: str, held: float, wanted: float) -> bool:
    match operator:
        case "at_least":
            return held >= wanted
        case "at_most":
            return held <= wanted
        case _:
            return operator == "is" and held == wanted
