"""What can be done with rules. What they do to a mail: support/ruling.py."""

from __future__ import annotations

from chalicelib.access import service as access
from chalicelib.customers import fields
from chalicelib.customers import service as customers
from chalicelib.hours import service as hours
from chalicelib.kernel import ids, patches
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.events import changes
from chalicelib.kernel.work import Work
from chalicelib.rules import store
from chalicelib.rules.actions import Action, Answer, Assign, CallWebhooks, ChangeCustomer, Route
from chalicelib.rules.conditions import HoursCondition, nodes
from chalicelib.rules.events import RuleChanged, RulesReordered
from chalicelib.rules.model import (
    MOST,
    MOST_LIMITED,
    NewOrder,
    NewRule,
    Order,
    Rule,
    RulePatch,
    RuleRun,
    RuleRuns,
    each_known_once,
)
from chalicelib.templates import rendering as templates
from chalicelib.webhooks import service as webhooks


def add(work: Work, new: NewRule) -> Rule:
    """Add a rule behind all others. Raises Invalid, Conflict `too_many_rules`."""
    order = store.get_order()
    if len(order.rule_ids) >= MOST:
        raise Conflict(f"There are {MOST} rules at most.", code="too_many_rules")
    rule = unsaved(work, new)
    _check(work, rule)
    store.add(work, rule)
    store.put_order(work, _next(order, [*order.rule_ids, rule.id]), version=order.version)
    work.record(store.events_partition(rule.id), RuleChanged(rule_id=rule.id, changed=["created"]))
    return rule


def unsaved(work: Work, new: NewRule) -> Rule:
    """The rule that would be added."""
    given = {name: getattr(new, name) for name in NewRule.model_fields}
    identifier = ids.new_id("rul", work.now)
    return Rule(id=identifier, version=1, created_at=work.now, updated_at=work.now, **given)


def _next(order: Order, rule_ids: list[str]) -> Order:
    return Order(version=order.version + 1, rule_ids=rule_ids)


def _check(work: Work, rule: Rule) -> None:
    """Commit only if whom and what the rule names exists. Raises Invalid, Conflict `too_many_limits`."""
    rule.check_size()
    if rule.rate_limit is not None:
        others = [one for one in store.read()[1] if one.rate_limit is not None and one.id != rule.id]
        if len(others) >= MOST_LIMITED:
            raise Conflict(f"{MOST_LIMITED} rules have a rate limit at most.", code="too_many_limits")
    for place, action in enumerate(rule.then):
        _check_action(work, action, f"then.{place}")
    for _, condition in nodes(rule.when):
        if isinstance(condition, HoursCondition) and condition.calendar_id:
            hours.require(work, condition.calendar_id, "when")


def _check_action(work: Work, action: Action, name: str) -> None:
    match action:
        case Route():
            access.require_team(work, action.team, f"{name}.team")
        case Assign() if action.assignee:
            access.require_staff(work, action.assignee, f"{name}.assignee")
        case Answer():
            _require_template(action.template_id, f"{name}.template_id")
        case ChangeCustomer():
            fields.check(action.custom, customers.definitions(), complete=False)
        case CallWebhooks():
            for webhook_id in action.webhook_ids:
                webhooks.require(work, webhook_id, f"{name}.webhook_ids")
        case _:
            return


def _require_template(template_id: str, field: str) -> None:
    """A template can be archived later; then the answer is left out, and the run log says so."""
    try:
        templates.named(template_id)
    except NotFound:
        raise Invalid.in_body(field, "names no template", "unknown_template") from None


def get(rule_id: str) -> Rule:
    """Raises NotFound."""
    return store.get(rule_id)


def in_order() -> list[Rule]:
    """All rules, in the order in which they are looked at."""
    return store.read()[1]


def change(work: Work, rule_id: str, patch: RulePatch) -> Rule:
    """Apply a merge patch. Raises NotFound, Stale, Invalid."""
    before = store.get(rule_id)
    work.check_version(before.version)
    given = patches.given(patch)
    changed = patches.changed(before, given)
    if not changed:
        return before
    after = before.model_copy(update={**given, "version": before.version + 1, "updated_at": work.now})
    _check(work, after)
    store.replace(work, after, version=before.version)
    event = RuleChanged(rule_id=rule_id, changed=changed)
    work.record(store.events_partition(rule_id), event, private=changes(before, after, changed))
    return after


def delete(work: Work, rule_id: str) -> None:
    """Delete a rule. Raises NotFound, Stale."""
    before = store.get(rule_id)
    work.check_version(before.version)
    order = store.get_order()
    store.remove(work, rule_id)
    left = [one for one in order.rule_ids if one != rule_id]
    store.put_order(work, _next(order, left), version=order.version)
    work.record(store.events_partition(rule_id), RuleChanged(rule_id=rule_id, changed=["deleted"]))


def reorder(work: Work, new: NewOrder) -> list[Rule]:
    """Give all rules another order, in which they are returned. Raises Invalid `not_each_once`."""
    order, found = store.read()
    wanted = each_known_once(order, new.rule_ids)
    if wanted != order.rule_ids:
        store.put_order(work, _next(order, wanted), version=order.version)
        work.record(store.RULES, RulesReordered(rule_ids=wanted))
    return sorted(found, key=lambda rule: wanted.index(rule.id))


def runs(rule_id: str, *, limit: int, after: str | None) -> tuple[list[RuleRun], str | None]:
    """A page of the mails for which a rule fired in the last 90 days, newest first. Raises NotFound."""
    found, position = store.runs(rule_id, limit=limit, after=after)
    if not found and after is None:
        store.get(rule_id)
    return found, position


def runs_of(message_id: str) -> RuleRuns:
    """What came of each rule for a message. Raises NotFound `no_rule_runs` where no rules looked at it."""
    log = store.get_log(message_id)
    if log is None:
        raise NotFound("No rules looked at this message in the last 90 days.", code="no_rule_runs")
    return log
