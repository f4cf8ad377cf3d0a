"""What callers ask to be sent: to whom, what it says or the template that says it, and when."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from chalicelib.access.model import StaffId
from chalicelib.consent.model import TopicId
from chalicelib.customers.model import CustomerId, Locale
from chalicelib.kernel import ids
from chalicelib.kernel.addresses import EmailAddress
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.model import Line, Model, Text, Utc
from chalicelib.mail.mailbox_model import MailboxId
from chalicelib.templates.model import Placeholders, TemplateName

LATEST = timedelta(days=366)
"""How far ahead a mail can be written."""
RESERVED = ("customer", "business", "staff", "unsubscribe_url", "preferences_url")
"""Placeholders that are filled in for the caller."""

SendAt = Annotated[
    Utc | None,
    Field(description="Sent then, in the minute. Until then it can be cancelled."),
]


MAX_ATTACHMENTS = 20
MAX_ATTACHED = 25_000_000
"""Bytes of all attachments of a mail; what its 10 MB cannot hold goes as a link."""


class NewUpload(Model):
    """A file to attach, with its exact size in bytes."""

    size: Annotated[int, Field(ge=1, le=MAX_ATTACHED)]


class Upload(Model):
    """Where to PUT the file. Name the id in a mail's or an answer's `attachments` then."""

    id: str
    url: str
    expires_at: Utc


class Attach(Model):
    """An uploaded file, and what its readers see it is called. What its type is, its content decides."""

    id: Annotated[str, ids.id_of("att")]
    filename: Annotated[str, Line(150)]
    content_type: Annotated[str, Line(127)] = "application/octet-stream"


Attachments = Annotated[list[Attach], Field(max_length=MAX_ATTACHMENTS)]


class NewMail(Model):
    """A mail to a customer, at their primary address, or to an address: one of the two.

    It says `subject` and `text`, perhaps with `html`, or what a `template` says with these `values`.
    """

    customer_id: CustomerId | None = None
    email: EmailAddress | None = None
    subject: Annotated[str, Line(500)] | None = None
    text: Annotated[str, Text(200_000)] | None = None
    html: Annotated[str, Text(500_000)] | None = None
    template: TemplateName | None = None
    values: Placeholders = {}
    language: Annotated[
        Locale | None, Field(description="Of the template; without it the customer's, then its default.")
    ] = None
    topic: Annotated[
        TopicId | None,
        Field(
            description="What it is about. It is sent only if the customer allows that by e-mail when it is "
            "its turn, not in their quiet hours, and with a link to leave the topic. Leave it out for an "
            "answer or a notice, which need no consent."
        ),
    ] = None
    attachments: Attachments = []
    mailbox: Annotated[
        MailboxId | None,
        Field(
            description="Which of our active mailboxes it comes from, with its name and signature; without "
            "it the default one."
        ),
    ] = None
    track: Annotated[
        bool | None,
        Field(
            description="Whether opens and clicks are recorded. Unless said, those of a mail on a topic are "
            "where the stack has `OpenAndClickTracking`, and those of no other."
        ),
    ] = None
    send_at: SendAt = None

    def check(self, now: datetime) -> None:
        """Raise Invalid unless it names exactly one recipient, says one thing, and is for the coming year."""
        if (self.customer_id is None) == (self.email is None):
            raise Invalid.in_body("email", "give customer_id or email, not both", "one_of")
        written = [name for name in ("subject", "text", "html") if getattr(self, name) is not None]
        if self.template is not None and written:
            raise Invalid.in_body(written[0], "a template says that already", "one_of")
        if self.template is None:
            for name in ("subject", "text"):
                if getattr(self, name) is None:
                    raise Invalid.in_body(name, "give it, or a template", "missing")
        taken = [name for name in RESERVED if name in self.values]
        if taken:
            raise Invalid.in_body(f"values.{taken[0]}", "is filled in for you", "reserved")
        if self.send_at is not None and not now < self.send_at <= now + LATEST:
            raise Invalid.in_body("send_at", "must lie in the coming year", "out_of_range")


class NewTest(Model):
    """Who of the staff gets a template as its readers would, with these values."""

    staff_id: StaffId
    values: Placeholders = {}
    language: Locale | None = None
    number: Annotated[int, Field(ge=1, description="A version; without it the draft.")] | None = None
