"""A ticket: what somebody asks of us, who takes part, and the rules of its states."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field

from chalicelib.access.model import StaffId, TeamId
from chalicelib.customers.model import CustomerId
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.model import Line, Model, Stored, Text, Utc, each_once
from chalicelib.mail import threads
from chalicelib.mail.parts import Address, is_writable_id
from chalicelib.timeline.model import Channel

TicketId = Annotated[str, ids.id_of("tkt")]
Status = Literal["open", "pending", "on_hold", "solved", "closed", "spam"]
STATUSES: tuple[Status, ...] = ("open", "pending", "on_hold", "solved", "closed", "spam")
Priority = Literal["low", "normal", "high", "urgent"]
Tag = Annotated[str, Line(50)]
Tags = Annotated[list[Tag], Field(max_length=20), AfterValidator(each_once)]

ALLOWED: dict[Status, frozenset[Status]] = {
    "open": frozenset({"pending", "on_hold", "solved", "closed", "spam"}),
    "pending": frozenset({"open", "on_hold", "solved", "closed", "spam"}),
    "on_hold": frozenset({"open", "pending", "solved", "closed", "spam"}),
    "solved": frozenset({"open", "closed"}),
    "closed": frozenset({"open"}),
    "spam": frozenset({"open", "closed"}),
}
"""Which status may follow which."""

LONGEST_SNOOZE = timedelta(days=3653)
MAX_PARTICIPANTS = 20
MAX_REFERENCES = 10
"""Message ids of a conversation that our mails name; mail clients need the first and the last ones."""


class Participant(Stored):
    """Somebody whose mails belong to the ticket; unverified when only a token or a header says so."""

    address: str
    verified: bool


class NewTicket(Model):
    """A ticket that somebody takes down: a call, a visit, a letter."""

    customer_id: CustomerId
    channel: Channel
    subject: Annotated[str, Line(500)]
    text: Annotated[str, Text(100_000)]
    priority: Priority = "normal"
    assignee: StaffId | None = None
    team: TeamId | None = None
    tags: Tags = []


class TicketPatch(Model):
    """A JSON Merge Patch (RFC 7396): null takes assignee, team or snooze away; tags are replaced whole."""

    status: Status = "open"
    priority: Priority = "normal"
    subject: Annotated[str, Line(500)] = ""
    assignee: StaffId | None = None
    team: TeamId | None = None
    tags: Tags = []
    snoozed_until: Annotated[
        Utc | None,
        Field(description="When it opens by itself; a change of status before then ends the wait."),
    ] = None


class NewReply(Model):
    """An answer to whoever asked, or with `internal` a note that only the staff sees."""

    text: Annotated[str, Text(200_000)]
    html: Annotated[str, Text(500_000)] | None = None
    internal: bool = False
    status: Annotated[
        Status | None,
        Field(description="Also set the ticket's status, such as `solved`, in the same step."),
    ] = None


class Ticket(Stored):
    """`tag` is what people see in subjects; `requester` is whom answers go to."""

    id: TicketId
    version: int
    tag: str
    subject: str
    status: Status
    priority: Priority
    channel: str
    customer_id: str | None = None
    requester: Address | None = None
    participants: list[Participant] = []
    assignee: str | None = None
    team: str | None = None
    tags: list[str] = []
    snoozed_until: Utc | None = None
    created_at: Utc
    updated_at: Utc


class StoredTicket(Ticket):
    """A ticket with the ids that thread its next mail: the last one in, and the chain before it."""

    answered_at: Utc | None = None
    """When staff last answered: an answer is a new version, so that If-Match tells two who answer at once."""
    last_message_id: str | None = None
    references: list[str] = []

    def with_reference(self, message_id: str | None) -> dict[str, object]:
        """What changes when a mail with this id came in; the chain keeps its beginning and its end.

        Nothing changes for an id that no mail of ours could name.
        """
        if message_id is None or not is_writable_id(message_id):
            return {}
        chain = [known for known in self.references if known != message_id] + [message_id]
        if len(chain) > MAX_REFERENCES:
            chain = chain[:1] + chain[-(MAX_REFERENCES - 1) :]
        return {"last_message_id": message_id, "references": chain}

    def takes_part(self, address: str) -> bool:
        """Whether mail from this address belongs here."""
        known = [one.address for one in self.participants]
        return address.lower() in (one.lower() for one in known)

    def joined_by(self, address: str, *, verified: bool) -> list[Participant]:
        """The participants once this address writes; the first ones stay when there is no more room.

        Who was verified once stays so: a forger under the same name is known by the message's verdicts.
        """
        if not self.takes_part(address):
            joined = [*self.participants, Participant(address=address, verified=verified)]
            return joined[:MAX_PARTICIPANTS]
        if not verified:
            return self.participants
        lower = address.lower()
        return [
            one.model_copy(update={"verified": True}) if one.address.lower() == lower else one
            for one in self.participants
        ]

    def patched(self, given: dict[str, object], *, at: Utc) -> Self:
        """The ticket after a change, one version on; itself when nothing changes.

        Raises Conflict for a status that may not follow, Invalid for a snooze into the past or too far.
        """
        changed = {name: value for name, value in given.items() if getattr(self, name) != value}
        if not changed:
            return self
        status = changed.get("status")
        if status is not None and status not in ALLOWED[self.status]:
            raise Conflict(f"A ticket that is {self.status} cannot become {status}.", code="wrong_status")
        until = changed.get("snoozed_until")
        if isinstance(until, type(at)) and not at < until <= at + LONGEST_SNOOZE:
            raise Invalid.in_body("snoozed_until", "must lie in the next ten years", "out_of_range")
        return self.model_copy(update=changed | {"version": self.version + 1, "updated_at": at})


def new_ticket(
    *,
    at: Utc,
    subject: str,
    channel: Channel,
    status: Status = "open",
    priority: Priority = "normal",
    customer_id: str | None = None,
    requester: Address | None = None,
    verified: bool = True,
    assignee: str | None = None,
    team: str | None = None,
    tags: Sequence[str] = (),
    identifier: str | None = None,
) -> StoredTicket:
    """A ticket that begins now; who asks takes part."""
    identifier = identifier or ids.new_id("tkt", at)
    return StoredTicket(
        id=identifier,
        version=1,
        tag=threads.tag_of(identifier),
        subject=subject or "(no subject)",
        status=status,
        priority=priority,
        channel=channel,
        customer_id=customer_id,
        requester=requester,
        participants=[Participant(address=requester.address, verified=verified)] if requester else [],
        assignee=assignee,
        team=team,
        tags=list(tags),
        created_at=at,
        updated_at=at,
    )
