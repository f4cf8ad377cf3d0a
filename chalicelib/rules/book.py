"""The rules as a mail finds them: read again only when their order says that something changed.

The order is one small item that is read with what the mail needs anyway, so that a mail costs no call for
rules, and a change holds for the next one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.kernel import table
from chalicelib.kernel.kept import Kept
from chalicelib.kernel.table import Item, Key
from chalicelib.rules import store
from chalicelib.rules.model import Order, Rule, RuleRuns

_seen: Kept[tuple[Order, list[Rule]]] = Kept(store.read, fresh=86_400.0)
"""As this process read them last; the order's version tells whether they still are so."""


@dataclass(frozen=True)
class Book:
    """All rules in their order, and how often those with a rate limit have fired in this window."""

    rules: list[Rule] = field(default_factory=list)
    fired: Mapping[str, int] = field(default_factory=dict)

    def is_full(self, rule: Rule) -> bool:
        limit = rule.rate_limit
        return limit is not None and self.fired.get(rule.id, 0) >= limit.count

    def left_by(self, earlier: RuleRuns | None) -> Book:
        """The rules to ask again about a mail: not those that fired, nor those that one of these stopped."""
        fired = {run.rule_id for run in earlier.runs if run.outcome == "fired"} if earlier else set()
        stops = (place for place, rule in enumerate(self.rules) if rule.stop and rule.id in fired)
        asked = self.rules[: next(stops, None)]
        return Book([rule for rule in asked if rule.id not in fired], self.fired)


def keys(at: datetime) -> list[Key]:
    """What to read for the rules beside other things: their order, and the counters of those seen last."""
    return [store.ORDER, *_windows(_seen.current()[1], at).values()]


def _windows(rules: list[Rule], at: datetime) -> dict[str, Key]:
    """The counters of the rules that have a limit."""
    return {
        rule.id: store.window_key(rule.id, rule.rate_limit, at)
        for rule in rules
        if rule.enabled and rule.rate_limit
    }


def opened(found: Mapping[Key, Item], at: datetime) -> Book:
    """The rules as they are now, from what was found of `keys(at)`; two calls more after a change."""
    order, rules = _seen.current()
    windows = _windows(rules, at)
    if store.order_of(found.get(store.ORDER)).version != order.version:
        _seen.forget()
        rules = _seen.current()[1]
        windows = _windows(rules, at)
        found = table.get_many(windows.values())
    counters = {rule_id: found.get(key) for rule_id, key in windows.items()}
    return Book(rules, {rule_id: item["fired"] for rule_id, item in counters.items() if item})
