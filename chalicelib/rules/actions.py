"""What a rule does: each kind of action once. Of two rules that say one thing, the later one outweighs."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Discriminator, Field, model_validator

from chalicelib.access.model import Assignment, StaffId, TeamId
from chalicelib.customers.model import CustomFields, Stage, Tags
from chalicelib.kernel.model import Line, Model, Text, each_once
from chalicelib.sla.model import Priority
from chalicelib.templates.model import TemplateId
from chalicelib.timeline.model import Direction
from chalicelib.webhooks.model import WebhookId

MAX_TAGS = 20
"""Tags of a ticket."""
TicketTags = Annotated[list[Annotated[str, Line(50)]], Field(max_length=MAX_TAGS), AfterValidator(each_once)]
Kind = Literal[
    "route",
    "assign",
    "set_priority",
    "tag",
    "mark_spam",
    "answer",
    "customer",
    "interaction",
    "webhook",
    "queue",
    "ignore",
]


class Route(Model):
    """Give the ticket to a team."""

    action: Literal["route"]
    team: TeamId


class Assign(Model):
    """Give the ticket to somebody on the staff, or to whom `how` finds in the ticket's team."""

    action: Literal["assign"]
    assignee: StaffId | None = None
    how: Assignment | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.assignee is None) == (self.how is None):
            raise ValueError("names either an assignee or how one is chosen")
        return self


class SetPriority(Model):
    action: Literal["set_priority"]
    priority: Priority


class TagTicket(Model):
    """Put tags on the ticket, and take others off."""

    action: Literal["tag"]
    add: TicketTags = []
    remove: TicketTags = []


class MarkSpam(Model):
    """Put the ticket into the spam state; nothing is answered."""

    action: Literal["mark_spam"]


class Answer(Model):
    """Answer from a template, in place of the acknowledgement, in the mail's language.

    Only a person whom the mail really comes from is answered, once, within the caps of acknowledgements.
    """

    action: Literal["answer"]
    template_id: TemplateId


class ChangeCustomer(Model):
    """Change the customer who wrote it, or make them one. Never another's; never for a sender in doubt."""

    action: Literal["customer"]
    stage: Stage | None = None
    add_tags: Tags = []
    remove_tags: Tags = []
    custom: CustomFields = {}


class LogInteraction(Model):
    """Put an interaction by e-mail on the timeline of the customer who wrote it."""

    action: Literal["interaction"]
    summary: Annotated[str, Text(1000)]
    outcome: Annotated[str, Line(100)] | None = None
    direction: Direction = "inbound"


class CallWebhooks(Model):
    """Send these webhooks the event `rule.fired`, whether or not they subscribed to it."""

    action: Literal["webhook"]
    webhook_ids: Annotated[list[WebhookId], Field(min_length=1, max_length=5), AfterValidator(each_once)]


class Enqueue(Model):
    """Put the event `rule.fired` on the queue `workflow`, for programs of your own."""

    action: Literal["queue"]


class Ignore(Model):
    """File the mail alone: no ticket, no acknowledgement. It stays listed among mails that joined none."""

    action: Literal["ignore"]


Action = Annotated[
    Route
    | Assign
    | SetPriority
    | TagTicket
    | MarkSpam
    | Answer
    | ChangeCustomer
    | LogInteraction
    | CallWebhooks
    | Enqueue
    | Ignore,
    Discriminator("action"),
]


def _each_kind_once(actions: list[Any]) -> list[Any]:
    kinds = [one.action for one in actions]
    if len(set(kinds)) < len(kinds):
        raise ValueError("has each kind of action once at most")
    return actions


Actions = Annotated[list[Action], Field(min_length=1, max_length=11), AfterValidator(_each_kind_once)]
