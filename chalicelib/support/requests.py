"""What callers ask of tickets: to open, change, answer and link them."""

from typing import Annotated

from pydantic import AfterValidator, Field

from chalicelib.access.model import Assignment, StaffId, TeamId
from chalicelib.customers.model import CustomerId
from chalicelib.kernel.addresses import EmailAddress
from chalicelib.kernel.model import Line, Model, Text, Utc, each_once
from chalicelib.mail.new_mail import Attachments
from chalicelib.sla.model import Priority
from chalicelib.support.model import MAX_CC, MAX_PARTICIPANTS
from chalicelib.support.states import LinkKind, Status, Tags, TicketId
from chalicelib.timeline.model import Channel


class ParticipantsPatch(Model):
    """Addresses whose mails belong to the ticket from now on, or no more."""

    add: Annotated[list[EmailAddress], Field(max_length=MAX_PARTICIPANTS)] = []
    remove: Annotated[list[EmailAddress], Field(max_length=MAX_PARTICIPANTS)] = []


class NewLink(Model):
    ticket_id: TicketId
    kind: LinkKind = "related"


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
    assign: Annotated[
        Assignment | None,
        Field(description="Have it assigned to the member of its team whose turn it is, or with the least."),
    ] = None
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
    attachments: Attachments = []
    cc: Annotated[
        list[EmailAddress],
        Field(max_length=MAX_CC, description="Of an answer: who gets it, too, and takes part from then on."),
    ] = []
    cc_participants: Annotated[
        bool, Field(description="Of an answer: whether all who take part in the ticket get it, too.")
    ] = False
    mentions: Annotated[
        list[StaffId],
        Field(max_length=20, description="Of a note: whom on the staff it is for."),
        AfterValidator(each_once),
    ] = []
    status: Annotated[
        Status | None,
        Field(description="Also set the ticket's status, such as `solved`, in the same step."),
    ] = None
