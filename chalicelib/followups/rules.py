"""Which responses open a follow-up by themselves, for whom, and until when: rules kept as data.

They are one item, which a process keeps for half a minute.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from chalicelib.access import service as access
from chalicelib.access.model import StaffId, TeamId
from chalicelib.feedback.model import Kind, Survey
from chalicelib.followups.events import FollowUpRulesChanged
from chalicelib.kernel import patches, table
from chalicelib.kernel.errors import Invalid, Stale
from chalicelib.kernel.events import changes
from chalicelib.kernel.kept import Kept
from chalicelib.kernel.model import Model, Stored, each_once
from chalicelib.kernel.table import Key
from chalicelib.kernel.work import Work
from chalicelib.sla.model import Priority

KEY = Key("FOLLOWUPS", "RULES")
MAX_RULES = 20
Name = Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{0,39}$", examples=["detractors"])]
AtMost = Annotated[int | None, Field(description="This score or less; null: no score of that kind.")]


class Rule(Stored):
    """A response of these surveys and with such a score, or an urgent one, opens a follow-up."""

    name: Name
    active: bool = True
    surveys: Annotated[
        list[Survey],
        Field(max_length=50, description="Without any, all surveys."),
        AfterValidator(each_once),
    ] = []
    nps: Annotated[AtMost, Field(ge=0, le=10)] = None
    csat: Annotated[AtMost, Field(ge=1, le=5)] = None
    ces: Annotated[AtMost, Field(ge=1, le=7)] = None
    urgent: Annotated[
        bool, Field(description="Also what was understood to be urgent, whatever the score.")
    ] = False
    due_hours: Annotated[int, Field(ge=1, le=24 * 90)] = 48
    remind_hours: Annotated[
        int | None, Field(ge=1, le=24 * 90, description="So long before it is due its owner gets a mail.")
    ] = None
    owner: StaffId | None = None
    team: TeamId | None = None
    open_ticket: Annotated[bool, Field(description="Also a ticket of the customer, if they are known.")] = (
        False
    )
    priority: Annotated[Priority, Field(description="Of the ticket.")] = "high"

    def meets(self, survey: str, kind: Kind, score: int | None, *, urgent: bool) -> bool:
        """Whether a response opens a follow-up by this rule."""
        if not self.active or (self.surveys and survey not in self.surveys):
            return False
        limit = {"nps": self.nps, "csat": self.csat, "ces": self.ces}.get(kind)
        return (self.urgent and urgent) or (limit is not None and score is not None and score <= limit)

    def times(self, since: datetime) -> dict[str, datetime | None]:
        """When a follow-up is due, and when it reminds."""
        due_at = since + timedelta(hours=self.due_hours)
        before = timedelta(hours=self.remind_hours) if self.remind_hours else None
        return {"due_at": due_at, "remind_at": due_at - before if before else None}


USUAL = Rule(name="detractors", nps=6, csat=2, ces=2, urgent=True)
"""Without any other: detractors (Reichheld 2003), who were not content, and whom it was hard for."""


def _distinct(rules: list[Rule]) -> list[Rule]:
    if len({one.name for one in rules}) < len(rules):
        raise ValueError("two rules have the same name")
    return rules


Rules = Annotated[list[Rule], Field(max_length=MAX_RULES), AfterValidator(_distinct)]


class RulesPatch(Model):
    """A JSON Merge Patch: `rules` are replaced whole. The first one that a response meets opens it."""

    rules: Rules = []


class FollowUpRules(Stored):
    """The rules; version 0 are those that hold until somebody writes others."""

    version: int = 0
    rules: Rules = [USUAL]

    def first(self, survey: str, kind: Kind, score: int | None, *, urgent: bool) -> Rule | None:
        """The first rule that a response meets."""
        return next((one for one in self.rules if one.meets(survey, kind, score, urgent=urgent)), None)


def read() -> FollowUpRules:
    """The rules as they are now: one call."""
    item = table.get(KEY)
    return FollowUpRules.model_validate(item, strict=False) if item else FollowUpRules()


_kept = Kept(read)


def current() -> FollowUpRules:
    """The rules, as they were 30 seconds ago at most: no call while they are kept, else one."""
    return _kept.current()


def change(work: Work, patch: RulesPatch) -> FollowUpRules:
    """Apply a merge patch. Raises Stale, Invalid for an owner or a team that is not there."""
    before = read()
    work.check_version(before.version)
    given: dict[str, Any] = patches.given(patch)
    if not patches.changed(before, given):
        return before
    after = before.model_copy(update=given | {"version": before.version + 1})
    _require_people(work, after)
    item = {**KEY._asdict(), **after.model_dump(mode="json", exclude_none=True)}
    if before.version:
        work.replace(item, version=before.version)
    else:
        work.put(item, unless_exists=Stale("Somebody else changed the rules meanwhile."))
    event = FollowUpRulesChanged(names=[one.name for one in after.rules])
    work.record(KEY.pk, event, private=changes(before, after, ["rules"]))
    _kept.forget()
    return after


def _require_people(work: Work, after: FollowUpRules) -> None:
    for place, rule in enumerate(after.rules):
        if rule.owner:
            access.require_staff(work, rule.owner, f"rules.{place}.owner")
        if rule.team:
            access.require_team(work, rule.team, f"rules.{place}.team")
        if rule.remind_hours and rule.remind_hours >= rule.due_hours:
            raise Invalid.in_body(
                f"rules.{place}.remind_hours", "must be fewer than due_hours", "out_of_range"
            )
