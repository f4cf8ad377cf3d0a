"""The 360° view of a customer, and the summary of which a part of it is read."""

from pydantic import Field

from chalicelib.consent.model import Effective
from chalicelib.customers.model import Customer
from chalicelib.feedback.model import Feedback
from chalicelib.feedback.summary import FeedbackFigures
from chalicelib.kernel.model import Model, Stored, Utc
from chalicelib.organisations.model import Organisation
from chalicelib.support.model import Ticket
from chalicelib.support.summary import TicketFigures
from chalicelib.timeline.model import Entry
from chalicelib.timeline.summary import Contact, Contacts


class TaskFigures(Stored):
    """Follow-ups that are open, 100 an id at most, and when the next one is due."""

    open: int = 0
    next_due_at: Utc | None = None


class Summary(Stored):
    """What is computed of a customer, and of whom they were merged with, whenever something happens."""

    version: int
    contacts: Contacts = Contacts()
    tickets: TicketFigures = TicketFigures()
    feedback: FeedbackFigures = FeedbackFigures()
    tasks: TaskFigures = TaskFigures()
    summarised_at: Utc

    def says_as(self, other: "Summary") -> bool:
        """Whether both say the same, whenever they were computed."""
        told = {"contacts", "tickets", "feedback", "tasks"}
        return self.model_dump(include=told) == other.model_dump(include=told)


class Figures(Model):
    """`customer_since` is the earliest of merged entries. Figures lag some seconds behind what happens."""

    customer_since: Utc
    last_contact: Contact | None = None
    last_inbound: Contact | None = None
    last_outbound: Contact | None = None
    days_since_last_contact: int | None = None
    tickets: TicketFigures
    feedback: FeedbackFigures
    tasks: TaskFigures
    summarised_at: Utc | None = Field(default=None, description="Null before anything was computed.")


class View(Model):
    """A customer at a glance; tickets are the open ones, events the latest ones, newest first.

    Of consents it shows what the statements of somebody, and of whom they were merged with, come to.
    """

    customer: Customer
    organisation: Organisation | None
    consents: list[Effective]
    tickets: list[Ticket]
    last_feedback: Feedback | None
    events: list[Entry]
    figures: Figures
