"""A follow-up of a response: its states and moves, whose it is, when it is due, and what came of it."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field

from chalicelib.access.model import StaffId, TeamId
from chalicelib.feedback.model import Feedback, FeedbackId, Kind
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.model import Line, Model, Stored, Text, Utc
from chalicelib.support.states import TicketId
from chalicelib.timeline.model import Channel

FollowUpId = Annotated[str, ids.id_of("fup")]
State = Literal["new", "acknowledged", "in_progress", "resolved", "customer_told"]
STATES: tuple[State, ...] = ("new", "acknowledged", "in_progress", "resolved", "customer_told")
OPEN: tuple[State, ...] = ("new", "acknowledged", "in_progress")
"""States in which somebody has to do something, so that it can be overdue."""
CLOSED: tuple[State, ...] = ("resolved", "customer_told")

MOVES: dict[State, tuple[State, ...]] = {
    "new": ("acknowledged", "in_progress", "resolved"),
    "acknowledged": ("new", "in_progress", "resolved"),
    "in_progress": ("acknowledged", "resolved"),
    "resolved": ("in_progress", "customer_told"),
    "customer_told": ("in_progress",),
}
"""Where each state leads. Back: given up, put aside, opened again; what was begun is never `new` again."""

Untold = Literal["not_asked", "anonymous", "no_address", "suppressed", "failed", "cancelled"]
"""Why the customer was not told: nobody wanted it, nobody knows who they are, or the mail did not go out."""

MAX_REMINDERS = 20
"""Mails to staff that a follow-up sends in its life."""
LONGEST = timedelta(days=366)
"""How far ahead it can be due."""
Due = Annotated[Utc, Field(description="When it is to be resolved; a year ahead at most.")]


class NewFollowUp(Model):
    """A follow-up of a response that somebody opens; a response has one at most."""

    feedback_id: FeedbackId
    owner: StaffId | None = None
    team: TeamId | None = None
    due_at: Due


class FollowUpPatch(Model):
    """A JSON Merge Patch. `told_on` says how the customer heard, when it is set `customer_told` by hand."""

    state: State = "new"
    owner: StaffId | None = None
    team: TeamId | None = None
    due_at: Due | None = None
    remind_at: Annotated[Utc | None, Field(description="When its owner gets a mail, before it is due.")] = (
        None
    )
    ticket_id: TicketId | None = None
    told_on: Channel | None = None


class NewNote(Model):
    text: Annotated[str, Text(8000)]


class Note(Stored):
    """What somebody on the staff writes down; the customer does not see it."""

    id: str
    text: str
    by: str | None = None
    created_at: Utc


class Resolution(Model):
    """What was done, and what the customer is told of it."""

    tell: Annotated[bool, Field(description="Whether the customer gets `text` by mail.")] = True
    subject: Annotated[str, Line(200)] | None = None
    text: Annotated[
        str, Text(20_000), Field(description="What changed: the mail's text, or only kept as a note.")
    ]


class FollowUp(Stored):
    """A follow-up. `since` is when the customer spoke; from there on the loop's time counts."""

    id: FollowUpId
    version: int = 1
    state: State = "new"
    feedback_id: FeedbackId
    customer_id: Annotated[str | None, Field(description="Null: nobody knows who said it.")] = None
    survey: str
    kind: Kind
    score: int | None = None
    urgent: bool = False
    channel: Channel
    rule: Annotated[str | None, Field(description="Which rule opened it; null: somebody did.")] = None
    owner: str | None = None
    team: str | None = None
    ticket_id: str | None = None
    due_at: Utc
    remind_at: Utc | None = None
    overdue_at: Annotated[Utc | None, Field(description="When it was found to be overdue.")] = None
    reminders: Annotated[list[str], Field(description="The mails to staff about it.")] = []
    since: Utc
    acknowledged_at: Utc | None = None
    resolved_at: Utc | None = None
    told_at: Utc | None = None
    told_on: Channel | None = None
    message_id: Annotated[str | None, Field(description="The mail that tells the customer.")] = None
    untold: Annotated[
        Untold | None, Field(description="Why a resolved one ends without the customer being told.")
    ] = None
    created_at: Utc
    updated_at: Utc

    @classmethod
    def of(cls, response: Feedback, *, at: datetime, **fields: Any) -> Self:
        """A follow-up that begins now; a response's id leads to the same one every time."""
        return cls(
            id=id_of(response.id),
            feedback_id=response.id,
            customer_id=response.customer_id,
            survey=response.survey,
            kind=response.kind,
            score=response.score,
            channel=response.channel,
            since=response.submitted_at,
            created_at=at,
            updated_at=at,
            **fields,
        )

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def loop(self) -> timedelta:
        """From what was said until it was resolved; nothing before."""
        return max(timedelta(0), (self.resolved_at or self.since) - self.since)

    def moved(self, state: State, at: datetime) -> dict[str, Any]:
        """What changes with a move. Raises Conflict `wrong_state` or `anonymous`."""
        if state == self.state:
            return {}
        if state not in MOVES[self.state]:
            allowed = list(MOVES[self.state])
            raise Conflict(f"From {self.state} it goes elsewhere.", code="wrong_state", allowed=allowed)
        if state == "customer_told" and self.customer_id is None:
            raise Conflict("Nobody knows whom to tell: it ends resolved.", code="anonymous")
        return {"state": state} | self._stamps(state, at)

    def _stamps(self, state: State, at: datetime) -> dict[str, Any]:
        match state:
            case "new":
                return {"acknowledged_at": None}
            case "resolved":
                untold = "not_asked" if self.customer_id else "anonymous"
                return {
                    "acknowledged_at": self.acknowledged_at or at,
                    "resolved_at": at,
                    "remind_at": None,
                    "untold": untold,
                }
            case "customer_told":
                return {"told_at": at, "untold": None}
            case _:
                ended = dict.fromkeys(("resolved_at", "told_at", "told_on", "untold", "message_id"))
                return {"acknowledged_at": self.acknowledged_at or at} | ended

    def changed(self, given: dict[str, Any], at: datetime) -> Self:
        """One version on, with what is given; itself when nothing is new."""
        new = {name: value for name, value in given.items() if getattr(self, name) != value}
        return self.model_copy(update={**new, "version": self.version + 1, "updated_at": at}) if new else self

    def next_wake(self) -> datetime | None:
        """When it has to be looked at: for its reminder, then when it is due."""
        if not self.is_open:
            return None
        moments = [self.remind_at, self.due_at if self.overdue_at is None else None]
        return min((one for one in moments if one is not None), default=None)


def id_of(feedback_id: str) -> str:
    """The id of a response's follow-up."""
    return ids.keyed_id("fup", feedback_id)


def check_times(given: dict[str, Any], at: datetime) -> None:
    """Raise Invalid for a time that is past, or further ahead than a year."""
    for name in ("due_at", "remind_at"):
        moment = given.get(name)
        if moment is not None and not at < moment <= at + LONGEST:
            raise Invalid.in_body(name, "must lie in the coming year", "out_of_range")
