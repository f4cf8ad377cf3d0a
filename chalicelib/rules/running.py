"""What is recorded of rules and a mail: that some fired, how often, and why the others did not."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.rules import store
from chalicelib.rules.actions import CallWebhooks, Enqueue
from chalicelib.rules.evaluation import Decision
from chalicelib.rules.events import RuleFired
from chalicelib.rules.model import Effect, Rule, RuleRuns, Run


class About(NamedTuple):
    """The mail: its message, what it was filed with, and how often rules had answered on its ticket."""

    message_id: str
    ticket_id: str | None
    customer_id: str | None
    mail_class: str
    depth: int


def record(
    work: Work,
    about: About,
    decision: Decision,
    effects: Callable[[Rule], list[Effect]],
    *,
    earlier: RuleRuns | None = None,
) -> None:
    """Record a decision that is carried out in this Work. Fails with Stale when a rate limit is reached.

    `earlier` is what came of the rules when the mail could not be read; what fired then is told on.
    """
    for rule in decision.fired:
        if rule.rate_limit:
            store.count(work, rule.id, rule.rate_limit)
        store.record_fired(work, _event(rule, about), effects(rule), about.customer_id)
    before = [run for run in earlier.runs if run.outcome == "fired"] if earlier else []
    runs = [*before, *told(decision, effects)]
    log = RuleRuns(message_id=about.message_id, at=work.now, depth=about.depth, runs=runs)
    store.add_log(work, log, again=earlier is not None)


def log_key(message_id: str) -> Key:
    """Where it lies what came of the rules for a message, for those who read several things in one call."""
    return store.log_key(message_id)


def log_of(item: Item | None) -> RuleRuns | None:
    """What came of the rules, in an item."""
    return store.log_of(item)


def told(decision: Decision, effects: Callable[[Rule], list[Effect]]) -> list[Run]:
    """What came of each rule, with the effects of those that fired."""
    fired = {rule.id: rule for rule in decision.fired}
    return [
        run.model_copy(update={"effects": effects(fired[run.rule_id])}) if run.rule_id in fired else run
        for run in decision.runs
    ]


def _event(rule: Rule, about: About) -> RuleFired:
    return RuleFired(
        rule_id=rule.id,
        rule_version=rule.version,
        message_id=about.message_id,
        ticket_id=about.ticket_id,
        mail_class=about.mail_class,
        depth=about.depth,
        queued=any(isinstance(one, Enqueue) for one in rule.then),
        webhook_ids=[
            webhook_id for one in rule.then if isinstance(one, CallWebhooks) for webhook_id in one.webhook_ids
        ],
    )
