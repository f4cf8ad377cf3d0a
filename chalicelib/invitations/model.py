"""An invitation: who was asked which survey, on what occasion, and how far that came."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field

from chalicelib.customers.model import CustomerId
from chalicelib.kernel import ids
from chalicelib.kernel.model import Model, Stored, Utc, each_once
from chalicelib.surveys.inviting import Occasion
from chalicelib.surveys.model import Refusal

InvitationId = Annotated[str, ids.id_of("inv")]
State = Literal["waiting", "sent", "answered", "skipped", "expired"]
Reason = (
    Literal[
        "customer_gone",
        "no_address",
        "suppressed",
        "not_allowed",
        "asked_recently",
        "undone",
    ]
    | Refusal
)
"""Why somebody was not invited after all. `undone`: what had been the occasion no longer holds."""

MAX_ROWS = 100
LATEST = timedelta(days=365)
"""How far ahead an invitation is made, as for a survey's own occasions."""
KEPT_FOR = timedelta(days=400)
"""How long an invitation is kept after it was made."""


class NewInvitations(Model):
    """Customers to invite, each once: at once, or some days after what another system knows of."""

    customer_ids: Annotated[
        list[CustomerId], Field(min_length=1, max_length=MAX_ROWS), AfterValidator(each_once)
    ]
    send_at: Annotated[
        Utc | None,
        Field(description="When their mails are due, at most 365 days ahead; at once unless given, or past."),
    ] = None


class InvitedRow(Stored):
    """What became of a customer: `accepted` is invited in a moment, unless the survey's rules forbid it."""

    customer_id: str
    outcome: Literal["accepted", "rejected"]
    invitation_id: str | None = None
    code: str | None = None


class Results(Model):
    """In the order of the request."""

    results: list[InvitedRow]


class Invitation(Stored):
    """`sent` means that its mail was queued; of an anonymous survey it never says that it was answered."""

    id: InvitationId
    version: int
    survey: str
    customer_id: str
    ticket_id: str | None = None
    occasion: Literal["api"] | Occasion
    state: State
    reason: Reason | None = None
    anonymous: bool = False
    language: str | None = None
    due_at: Annotated[Utc | None, Field(description="When its mail, or the next reminder, is due.")] = None
    reminded: int = 0
    message_ids: list[str] = []
    created_at: Utc
    sent_at: Utc | None = None
    valid_until: Utc | None = None
    answered_at: Utc | None = None
    feedback_id: str | None = None

    def shown(self, at: datetime) -> Self:
        """As anybody may see it: expired when it is; of an anonymous one not whether it was answered."""
        state = "sent" if self.anonymous and self.state == "answered" else self.state
        over = state == "sent" and self.is_over(at)
        hidden = {"due_at": None} if self.anonymous and state == "sent" else {}
        version = self.version - (state != self.state)
        return self.model_copy(update={"state": "expired" if over else state, "version": version, **hidden})

    def is_over(self, at: datetime) -> bool:
        return self.valid_until is not None and self.valid_until <= at

    def next(self, **changed: object) -> Self:
        """Its next version."""
        return self.model_copy(update={**changed, "version": self.version + 1})

    def answered(self, feedback_id: str, at: datetime) -> Self:
        """After the answer; of an anonymous survey without what leads to it, and without its time."""
        told = {} if self.anonymous else {"answered_at": at, "feedback_id": feedback_id}
        return self.next(state="answered", due_at=None, **told)
