"""A rule, the order of all rules, and what came of them for one mail."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel import ids
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.model import Line, Model, Stored, Text, Utc
from chalicelib.mail.model import MessageId
from chalicelib.rules.actions import Actions, Kind
from chalicelib.rules.conditions import All, When

RuleId = Annotated[str, ids.id_of("rul")]

MOST = 100
"""Rules of a business."""
MOST_LIMITED = 50
"""Rules with a rate limit: their counters are read in the one call that looks a mail up."""
MAX_SIZE = 8_000
"""Characters of one rule as JSON: all of them are read in one call."""
MAX_FIRED = 10
"""Rules that fire for one mail: what they do is one transaction."""
MAX_ANSWERS = 3
"""Answers that rules give on a ticket until the staff writes: whoever writes back may be a machine."""
KEPT = timedelta(days=90)
"""How long it is kept why rules did or did not fire."""


class RateLimit(Model):
    """How often it may fire: `count` times in each window of so many `seconds`."""

    count: Annotated[int, Field(ge=1, le=10_000)]
    seconds: Annotated[int, Field(ge=60, le=86_400)]

    def window(self, at: Utc) -> int:
        """When the window of a time began, in epoch seconds."""
        now = int(at.timestamp())
        return now - now % self.seconds


class NewRule(Model):
    """A rule. After it fired, a rule with `stop` keeps those behind it from being looked at."""

    name: Annotated[str, Line(100)]
    enabled: bool = True
    when: When
    then: Actions
    stop: bool = False
    rate_limit: RateLimit | None = None


class RulePatch(Model):
    """A JSON Merge Patch (RFC 7396): `when` and `then` are replaced whole, null takes the rate limit off."""

    name: Annotated[str, Line(100)] = ""
    enabled: bool = True
    when: When = All(all=[])
    then: Actions = []
    stop: bool = False
    rate_limit: RateLimit | None = None


class Rule(Stored):
    id: RuleId
    version: int
    name: str
    enabled: bool
    when: When
    then: Actions
    stop: bool = False
    rate_limit: RateLimit | None = None
    created_at: Utc
    updated_at: Utc

    def check_size(self) -> None:
        """Raise Invalid for a rule that is too long to be kept with all others."""
        if len(self.model_dump_json()) > MAX_SIZE:
            raise Invalid(f"A rule has {MAX_SIZE} characters at most.", code="too_long")


class Order(Stored):
    """Which rules there are, in the order in which they are looked at. Its version counts all changes."""

    version: int = 0
    rule_ids: list[str] = []


RuleIds = Annotated[list[RuleId], Field(max_length=MOST)]


class NewOrder(Model):
    """All rules there are, in their new order."""

    rule_ids: RuleIds


Outcome = Literal["fired", "not_matched", "disabled", "stopped", "rate_limited", "too_deep", "too_many"]
"""`stopped`: by a rule before it. `too_deep`: rules answered too often. `too_many`: ten fired already."""

Reason = Literal[
    "no_ticket",
    "not_a_person",
    "capped",
    "another_answers",
    "marked_spam",
    "not_their_customer",
    "unknown_staff",
    "no_team",
    "team_empty",
    "has_assignee",
    "late",
    "unknown_template",
    "unfit",
]
"""Why an action was not done. `unfit`: what it says does not fit the customer, the template or the ticket."""


class Effect(Stored):
    """What came of one action; done, unless there is a reason why not."""

    action: Kind
    skipped: Reason | None = None


class Run(Stored):
    """What came of one rule for one mail. `failed` is the path of what did not hold: `when.all.0`."""

    rule_id: str
    rule_version: int
    outcome: Outcome
    failed: str | None = None
    effects: list[Effect] = []


class RuleRuns(Stored):
    """What came of all rules for one mail, in their order."""

    message_id: str
    at: Utc
    depth: int = 0
    runs: list[Run]


class RuleRun(Stored):
    """One mail for which a rule fired, and what came of it."""

    message_id: str
    ticket_id: str | None = None
    rule_version: int
    at: Utc
    effects: list[Effect] = []


class DryRun(Model):
    """A mail to try rules on: one that came, or a source. With `rules`, these instead of those there are."""

    message_id: MessageId | None = None
    raw: Annotated[str, Text(1_000_000)] | None = None
    rules: Annotated[list[NewRule], Field(max_length=MOST)] | None = None


class DryRuns(Model):
    """What would come of the rules for the mail; nothing was changed. Those given have ids of no meaning."""

    depth: int
    runs: list[Run]


def each_known_once(order: Order, wanted: list[str]) -> list[str]:
    """The new order. Raises Invalid unless it names each rule once."""
    if sorted(wanted) != sorted(order.rule_ids):
        raise Invalid.in_body("rule_ids", "must name each rule that there is, once", "not_each_once")
    return wanted
