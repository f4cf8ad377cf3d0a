"""The items of rules, all in one partition with their order; counters of rate limits; what came of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from boto3.dynamodb.conditions import Attr
from pydantic import ValidationError

from chalicelib.kernel import pages, table, telemetry
from chalicelib.kernel.errors import AlreadyExists, NotFound, Stale
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.rules.events import RuleFired
from chalicelib.rules.model import KEPT, Effect, Order, RateLimit, Rule, RuleRun, RuleRuns

RULES = "RULES"
"""The partition of all rules."""
ORDER = Key(RULES, "ORDER")
"""Which rules there are; its version changes with every change of any of them."""


def rule_key(rule_id: str) -> Key:
    return Key(RULES, f"RULE#{rule_id}")


def events_partition(rule_id: str) -> str:
    """Where changes of a rule are recorded."""
    return f"RUL#{rule_id}"


def _item(rule: Rule) -> Item:
    return {**rule_key(rule.id)._asdict(), **rule.model_dump(mode="json", exclude_none=True)}


def add(work: Work, rule: Rule) -> None:
    work.put(_item(rule), unless_exists=AlreadyExists("This rule exists."))


def replace(work: Work, rule: Rule, *, version: int) -> None:
    """Write the next version, and have every process read the rules anew."""
    work.replace(_item(rule), version=version)
    gone = Stale("The rules changed meanwhile.")
    work.update(ORDER, add={"version": 1}, when=Attr("pk").exists(), failure=gone)


def remove(work: Work, rule_id: str) -> None:
    work.delete(rule_key(rule_id), when=Attr("pk").exists(), failure=no_such_rule())


def put_order(work: Work, order: Order, *, version: int) -> None:
    """Write the next version of the order. Fails with Stale."""
    item = {**ORDER._asdict(), **order.model_dump(mode="json")}
    if version:
        work.replace(item, version=version)
    else:
        work.put(item, unless_exists=Stale("Somebody else made the first rule meanwhile."))


def no_such_rule() -> NotFound:
    return NotFound("There is no such rule.", code="no_such_rule")


def get(rule_id: str) -> Rule:
    """Raises NotFound."""
    item = table.get(rule_key(rule_id))
    if item is None:
        raise no_such_rule()
    return _rule(item)


def _rule(item: Item) -> Rule:
    return Rule.model_validate(item, strict=False)


def order_of(item: Item | None) -> Order:
    return Order.model_validate(item or {}, strict=False)


def get_order() -> Order:
    return order_of(table.get(ORDER))


def read() -> tuple[Order, list[Rule]]:
    """All rules in their order: one call. The order is never newer than the rules."""
    items = {item["sk"]: item for item in pages.every(Query(RULES, ascending=True, consistent=True))}
    order = order_of(items.get(ORDER.sk))
    found = [items.get(rule_key(rule_id).sk) for rule_id in order.rule_ids]
    return order, [rule for item in found if item and (rule := _readable(item))]


def _readable(item: Item) -> Rule | None:
    """The rule, unless another release wrote what this one cannot read: that may stop no mail."""
    try:
        return _rule(item)
    except ValidationError:
        telemetry.logger.error("a rule cannot be read", rule_id=item["id"])
        return None


def window_key(rule_id: str, limit: RateLimit, at: datetime) -> Key:
    """Where it is counted how often a rule fired in the window of this time."""
    return Key(f"RUL#{rule_id}", f"WINDOW#{limit.seconds}#{limit.window(at)}")


def count(work: Work, rule_id: str, limit: RateLimit) -> None:
    """Count that a rule fires. Fails with Stale when others fired it as often as it may meanwhile."""
    ends = limit.window(work.now) + limit.seconds
    work.update(
        window_key(rule_id, limit, work.now),
        assign={"expires_at": ends + 86_400},
        add={"fired": 1},
        when=Attr("fired").not_exists() | Attr("fired").lt(limit.count),
        failure=Stale("Others fired the rule meanwhile."),
    )


def _until(at: datetime) -> int:
    return int((at + KEPT).timestamp())


def log_key(message_id: str) -> Key:
    return Key(f"RUN#{message_id}", "RUN")


def add_log(work: Work, log: RuleRuns, *, again: bool) -> None:
    """Keep what came of all rules for a message: ids and enums, 12 KB at most.

    `again`: in place of what came of them before, for a message whose version guards that once.
    """
    item = {**log_key(log.message_id)._asdict(), **log.model_dump(mode="json", exclude_defaults=True)}
    item["expires_at"] = _until(work.now)
    if again:
        work.overwrite(item)
    else:
        work.put(item, unless_exists=AlreadyExists("The rules looked at this message before."))


def get_log(message_id: str) -> RuleRuns | None:
    return log_of(table.get(log_key(message_id)))


def log_of(item: Item | None) -> RuleRuns | None:
    """What came of the rules, in an item."""
    return RuleRuns.model_validate(item, strict=False) if item else None


def _runs_partition(rule_id: str) -> str:
    """Where it is recorded that a rule fired: apart from its changes, which are few."""
    return f"RUN#{rule_id}"


def record_fired(work: Work, event: RuleFired, effects: list[Effect], customer_id: str | None) -> None:
    """Record that a rule fired, for some time: this is its run log, and what webhooks and the queue get."""
    private: dict[str, Any] = {"effects": [one.model_dump(exclude_none=True) for one in effects]}
    work.record(
        _runs_partition(event.rule_id),
        event,
        customer_id=customer_id,
        channel="email",
        private=private,
        expires_at=_until(work.now),
    )


def runs(rule_id: str, *, limit: int, after: str | None) -> tuple[list[RuleRun], str | None]:
    """A page of the mails for which a rule fired, newest first."""
    found = pages.page([Query(_runs_partition(rule_id))], limit=limit, after=after)
    return [_run(item) for item in found.items], found.after


def _run(item: Item) -> RuleRun:
    told = {"at": item["occurred_at"], **item["data"], **item.get("private", {})}
    return RuleRun.model_validate(told, strict=False)
