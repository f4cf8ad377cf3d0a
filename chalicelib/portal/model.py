"""What customers see of their own tickets and may say, and how often."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field

from chalicelib.kernel import ids
from chalicelib.kernel.addresses import EmailAddress
from chalicelib.kernel.errors import Conflict, Repeated
from chalicelib.kernel.model import Line, Model, Stored, Text, Utc
from chalicelib.support.model import StoredTicket
from chalicelib.support.states import Status

Said = Literal["tickets", "answers"]
MOST_A_DAY: dict[Said, int] = {"tickets": 10, "answers": 50}
"""New tickets and answers of one customer in a day (UTC)."""
MOST_TO_ADDRESS, MOST_OF_VISITOR = 5, 20
"""Links that one address is sent, and that one network address asks for, in a day."""

PortalStatus = Literal["open", "waiting_for_you", "solved", "closed"]
_STATUS: dict[Status, PortalStatus] = {
    "open": "open",
    "pending": "waiting_for_you",
    "on_hold": "open",
    "solved": "solved",
    "closed": "closed",
}
"""What a status means to whoever asked; what it is called inside is none of theirs."""

LinkId = Annotated[str, ids.id_of("lnk")]
Once = Annotated[
    str, Line(64), Field(description="Any text of yours: the same again within the day is 409 `repeated`.")
]


class LinkRequest(Model):
    """Have a link mailed to a customer's address."""

    email: EmailAddress


class NewPortalLink(Model):
    valid_days: Annotated[int, Field(ge=1, le=30)] = 7


class PortalLink(Stored):
    """A link by which a customer sees and answers their tickets: made by a key, or mailed on request."""

    id: LinkId
    how: Literal["made", "mailed"]
    created_at: Utc
    expires_at: Utc


class MadePortalLink(PortalLink):
    """With its address, which is shown this once; whoever has it can use it, until it ends or is revoked."""

    url: str


class NewRequest(Model):
    """What a customer asks."""

    subject: Annotated[str, Line(200)]
    text: Annotated[str, Text(20_000)]
    once: Once | None = None


class NewAnswer(Model):
    """What a customer adds to one of their tickets."""

    text: Annotated[str, Text(20_000)]
    once: Once | None = None


class PortalChange(Model):
    """`solved`: it needs no answer any more; `open`: it does."""

    status: Literal["solved", "open"]


class PortalTicket(Model):
    """A ticket as its customer sees it: nothing of who works on it, and how."""

    id: str
    tag: str
    subject: str
    status: PortalStatus
    can_answer: Annotated[bool, Field(description="Not when it is closed for good.")]
    created_at: Utc
    updated_at: Utc

    @classmethod
    def of(cls, ticket: StoredTicket, *, can_answer: bool) -> Self:
        return cls(
            id=ticket.id,
            tag=ticket.tag,
            subject=ticket.subject,
            status=_STATUS.get(ticket.status, "closed"),
            can_answer=can_answer,
            created_at=ticket.created_at,
            updated_at=ticket.updated_at,
        )


class PortalAttachment(Model):
    id: str
    filename: str
    content_type: str
    size: int


class PortalMessage(Model):
    """What the customer wrote, or the business answered; `shortened` when the mail has more of it."""

    id: str
    by: Literal["you", "us"]
    text: str
    shortened: bool
    attachments: list[PortalAttachment]
    created_at: Utc


class Day(Stored):
    """What a customer said on a day by their link, so that it is bounded, and nothing is said twice."""

    version: int = 0
    day: str = ""
    tickets: int = 0
    answers: int = 0
    once: list[str] = []

    def once_more(self, said: Said, once: str | None, at: datetime) -> Self:
        """The day with one more. Raises Repeated, Conflict `too_many_requests`."""
        day = at.date().isoformat()
        now = self if self.day == day else self.model_copy(update={"tickets": 0, "answers": 0, "once": []})
        if once is not None and once in now.once:
            raise Repeated("This was said before.")
        count = getattr(now, said) + 1
        if count > MOST_A_DAY[said]:
            sentence = "That is as much as can be written in a day."
            raise Conflict(sentence, code="too_many_requests", retry_after=86_400)
        known = [*now.once, once] if once is not None else now.once
        changed = {"version": self.version + 1, "day": day, said: count, "once": known}
        return now.model_copy(update=changed)
