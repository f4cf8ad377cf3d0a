"""Follow-ups over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.access.model import StaffId, TeamId
from chalicelib.customers.model import CustomerId
from chalicelib.feedback.model import Survey
from chalicelib.followups import opening, reporting, rules, telling
from chalicelib.followups import service as followups
from chalicelib.followups.model import (
    CLOSED,
    OPEN,
    STATES,
    FollowUp,
    FollowUpId,
    FollowUpPatch,
    NewFollowUp,
    NewNote,
    Note,
    Resolution,
    State,
)
from chalicelib.followups.reporting import LoopReport
from chalicelib.followups.rules import FollowUpRules, RulesPatch
from chalicelib.kernel.http.paging import Page, PageParameters, Parameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.model import Day, Utc
from chalicelib.kernel.work import Work

routes = Routes("Follow-ups", __name__)


class FollowUpQuery(PageParameters):
    """Filters, which may be combined; then a page may be short and still have a next one."""

    state: State | Literal["open", "closed", "all"] = "open"
    owner: StaffId | Annotated[Literal["none"], Field(description="Those that nobody has.")] | None = None
    team: TeamId | None = None
    customer_id: CustomerId | None = None
    survey: Survey | None = None
    due_from: Utc | None = None
    due_to: Annotated[Utc | None, Field(description="Exclusive: now, and the open ones are overdue.")] = None


class ReportQuery(Parameters):
    """A survey and a range of days, both ends included."""

    survey: Annotated[Survey | None, Field(description="Without it, all surveys.")] = None
    first: Annotated[Day | None, Field(alias="from", description="29 days before `to` unless given.")] = None
    last: Annotated[Day | None, Field(alias="to", description="Today unless given; 366 days at most.")] = None


@routes.post("/v1/followups", scope="followups:write", status=201, location="/v1/followups/{id}")
def open_followup(body: NewFollowUp, work: Work) -> FollowUp:
    """Open a follow-up of any response. 409 `followup_exists`, with its id, when there is one."""
    return opening.by_hand(work, body)


@routes.get("/v1/followups", scope="followups:read")
def list_followups(query: FollowUpQuery) -> Page[FollowUp]:
    """List follow-ups by due time, earliest first: the open ones unless `state` says else. Lags a moment."""
    several = {"open": OPEN, "closed": CLOSED, "all": STATES}
    data, position = followups.by_due(
        states=several.get(query.state) or [state for state in STATES if state == query.state],
        owner=query.owner,
        team=query.team,
        customer_id=query.customer_id,
        survey=query.survey,
        due_from=query.due_from,
        due_to=query.due_to,
        limit=query.limit,
        after=query.cursor,
    )
    return Page(data=data, next_cursor=position)


@routes.get("/v1/followups/report", scope="followups:read")
def report_followups(query: ReportQuery) -> LoopReport:
    """Read how fast loops were closed and how many, of what was said in a range of days, by survey."""
    return reporting.report(query.survey, query.first, query.last)


@routes.get("/v1/followups/rules", scope="followups:read")
def read_followup_rules() -> FollowUpRules:
    """Read which responses open a follow-up by themselves."""
    return rules.read()


@routes.patch("/v1/followups/rules", scope="support:write")
def change_followup_rules(body: RulesPatch, work: Work) -> FollowUpRules:
    """Change the rules, by JSON Merge Patch: replaced whole. They hold everywhere half a minute later."""
    return rules.change(work, body)


@routes.get("/v1/followups/{followup_id}", scope="followups:read")
def read_followup(followup_id: FollowUpId) -> FollowUp:
    """Read a follow-up."""
    return followups.get(followup_id)


@routes.patch("/v1/followups/{followup_id}", scope="followups:write")
def change_followup(followup_id: FollowUpId, body: FollowUpPatch, work: Work) -> FollowUp:
    """Change a follow-up, by JSON Merge Patch: move it, give it to somebody, put its due time off.

    409 `wrong_state` names in `allowed` where it can go. `customer_told` by hand is for what was said
    otherwise than by our mail: `told_on` says how.
    """
    return followups.change(work, followup_id, body)


@routes.post("/v1/followups/{followup_id}/resolution", scope="followups:write")
def resolve_followup(followup_id: FollowUpId, body: Resolution, work: Work) -> FollowUp:
    """Resolve it, and mail the customer what changed. It becomes `customer_told` when the mail was sent.

    Where nobody is known, or has no address, it ends `resolved`, and `untold` says why; so it does when the
    address turns out to be suppressed.
    """
    return telling.resolve(work, followup_id, body)


@routes.post("/v1/followups/{followup_id}/notes", scope="followups:write", status=201)
def note_on_followup(followup_id: FollowUpId, body: NewNote, work: Work) -> Note:
    """Write a note, for the staff."""
    return followups.note(work, followup_id, body)


@routes.get("/v1/followups/{followup_id}/notes", scope="followups:read")
def list_followup_notes(followup_id: FollowUpId, query: PageParameters) -> Page[Note]:
    """List its notes, newest first."""
    data, position = followups.notes(followup_id, limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)
