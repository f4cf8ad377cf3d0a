"""The 360° view of a customer, and the summary of which a part of it is read."""

from __future__ import annotations

from pydantic import Field

from chalicelib.customers.model import Customer
from chalicelib.feedback.model import Feedback
from chalicelib.feedback.summary import FeedbackFigures
from chalicelib.kernel.model import Model, Stored, Utc
from chalicelib.support.model import Ticket
from chalicelib.support.summary import TicketFigures
from chalicelib.timeline.model import Entry
from chalicelib.timeline.summary import Contact, Contacts


class Summary(Stored):
    """What is computed of a customer, and of whom they were merged with, whenever something happens."""

    version: int
    contacts: Contacts = Contacts()
    tickets: TicketFigures = TicketFigures()
    feedback: FeedbackFigures = FeedbackFigures()
    summarised_at: Utc

    def says_as(self, other: Summary) -> bool:
        """Whether both say the same, whenever they were computed."""
        told = {"contacts", "tickets", "feedback"}
        return self.model_dump(include=told) == other.model_dump(include=told)


class Statement(Stored):
    """What somebody said about being reached on a channel for a topic."""

    customer_id: str
    channel: str
    topic: str
    state: str
    occurred_at: Utc
    valid_until: Utc | None = None


class Figures(Model):
    """`customer_since` is the earliest of merged entries. Figures lag some seconds behind what happens."""

    customer_since: Utc
    last_contact: Contact | None = None
    last_inbound: Contact | None = None
    last_outbound: Contact | None = None
    days_since_last_contact: int | None = None
    tickets: TicketFigures
    feedback: FeedbackFigures
    summarised_at: Utc | None = Field(default=None, description="Null before anything was computed.")


class View(Model):
    """A customer at a glance; tickets are the open ones, events the latest ones, newest first."""

    customer: Customer
    consents: list[Statement]
    tickets: list[Ticket]
    last_feedback: Feedback | None
    events: list[Entry]
    figures: Figures
