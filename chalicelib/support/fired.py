"""The rules that fire for a mail: their actions, why some of them are left out, what is recorded of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from chalicelib.customers.model import Customer
from chalicelib.kernel.work import Work
from chalicelib.mail.inbox import Arrival
from chalicelib.rules import running
from chalicelib.rules.evaluation import Decision
from chalicelib.rules.model import Effect, Reason, Rule, RuleRuns

Kind = TypeVar("Kind")


@dataclass
class Fired:
    """The rules that fire for a mail, and which of their actions were left out so far."""

    arrival: Arrival
    profile: Customer | None = None
    depth: int = 0
    decision: Decision = field(default_factory=Decision)
    skipped: dict[tuple[str, str], Reason] = field(default_factory=dict)

    def each(self, kind: type[Kind]) -> Iterator[tuple[Rule, Kind]]:
        """The actions of a kind, with their rules, in order."""
        for rule in self.decision.fired:
            for action in rule.then:
                if isinstance(action, kind):
                    yield rule, action

    def has(self, kind: type[Any]) -> bool:
        """Whether there is an action of a kind."""
        return any(isinstance(action, kind) for rule in self.decision.fired for action in rule.then)

    def skip(self, kind: type[Any], reason: Reason) -> None:
        """Leave the actions of a kind out."""
        for rule, action in self.each(kind):
            self.skipped[rule.id, action.action] = reason

    def record(
        self,
        work: Work,
        ticket_id: str | None,
        customer_id: str | None,
        *,
        message_id: str | None = None,
        earlier: RuleRuns | None = None,
    ) -> None:
        """Record which rules fired, count them, and keep why the others did not.

        `message_id` and `earlier` are those of a mail that was filed before it could be read.
        """
        if self.decision.runs:
            message_id = message_id or self.arrival.message_id
            about = running.About(message_id, ticket_id, customer_id, self.arrival.mail_class, self.depth)
            running.record(work, about, self.decision, self.effects, earlier=earlier)

    def effects(self, rule: Rule) -> list[Effect]:
        """What came of a rule's actions."""
        return [
            Effect(action=one.action, skipped=self.skipped.get((rule.id, one.action))) for one in rule.then
        ]
