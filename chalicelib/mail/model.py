"""A message: one mail, note or spoken word, in either direction, and how its status may move."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from chalicelib.consent.model import TopicId
from chalicelib.customers.model import CustomerId
from chalicelib.kernel import ids
from chalicelib.kernel.addresses import EmailAddress
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.model import Line, Model, Stored, Text, Utc
from chalicelib.mail.notices.receipts import Verdict
from chalicelib.mail.parts import Address
from chalicelib.mail.reading.classify import MailClass

MessageId = Annotated[str, ids.id_of("msg")]
Direction = Literal["inbound", "outbound", "internal"]
Status = Literal[
    "received",
    "recorded",
    "queued",
    "sending",
    "sent",
    "delivered",
    "bounced",
    "complained",
    "suppressed",
    "failed",
]
"""`received` came by mail, `recorded` was written down here; the others are a sent mail's way."""

RANK: dict[Status, int] = {
    "received": 0,
    "recorded": 0,
    "queued": 0,
    "sending": 1,
    "suppressed": 2,
    "sent": 2,
    "failed": 3,
    "delivered": 3,
    "bounced": 4,
    "complained": 5,
}
"""A status only ever gives way to one of a higher rank, in whatever order reports come in.

`failed` outranks `sent`, since SES may find a virus only after it took the mail.
"""

MAX_TEXT_BYTES, MAX_ELIDED_BYTES = 8_000, 4_000
"""What the item keeps of the texts, in UTF-8; the whole is in the body object."""
MAX_ADDRESSES = 20
"""Recipients the item keeps of each kind; the raw mail has them all."""


class AttachmentInfo(Stored):
    """An attachment of a message. A quarantined one is named, not served."""

    id: Annotated[str, Field(description="The SHA-256 of its content, in hex.")]
    filename: str
    content_type: str
    size: int
    inline: bool = False
    content_id: str | None = None
    quarantined: bool = False


class Verdicts(Stored):
    """What SES found when a mail came in; `sender_verified` is what its DMARC, SPF and DKIM come to."""

    spam: Verdict
    virus: Verdict
    sender_verified: bool


class Message(Stored):
    """One message. `text` is what its author wrote, `elided` what they quoted; both may be cut short."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    id: MessageId
    version: int = 1
    direction: Direction
    status: Status
    mail_class: Annotated[MailClass | Literal["unreadable"] | None, Field(alias="class")] = None
    signals: list[str] = []
    thread_id: str | None = None
    customer_id: str | None = None
    topic: Annotated[str | None, Field(description="What the customer must allow for it to be sent.")] = None
    from_: Annotated[Address | None, Field(alias="from")] = None
    to: list[Address] = []
    cc: list[Address] = []
    subject: str = ""
    text: str = ""
    elided: str = ""
    truncated: bool = False
    has_html: bool = False
    attachments: list[AttachmentInfo] = []
    attachments_omitted: int = 0
    mentions: Annotated[list[str], Field(description="Of a note: whom on the staff it is for.")] = []
    verdicts: Verdicts | None = None
    created_at: Utc
    sent_at: Utc | None = None
    failure: Annotated[
        str | None,
        Field(description="Why it was not sent or came back, in the words of whoever refused it."),
    ] = None


class StoredMessage(Message):
    """A message with what only the workers need: where its objects lie and how it is threaded."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    body_key: str | None = None
    raw_key: str | None = None
    index_key: str | None = None
    """Where its thread is found by its own Message-ID, which is not kept itself."""
    ses_message_id: str | None = None
    in_reply_to: str | None = None
    references: list[str] = []
    auto_reply: bool = False
    moved_from: list[str] = []
    """Threads that it was in before; copies of its attachments lie there still."""
    attempts: int = 0
    claimed_until: int = 0


class NewMail(Model):
    """A mail to a customer, at their primary address, or to an address: one of the two."""

    customer_id: CustomerId | None = None
    email: EmailAddress | None = None
    subject: Annotated[str, Line(500)]
    text: Annotated[str, Text(200_000)]
    html: Annotated[str, Text(500_000)] | None = None
    topic: Annotated[
        TopicId | None,
        Field(
            description="What it is about. It is sent only if the customer allows that by e-mail when it is "
            "its turn. Leave it out for an answer or a notice, which need no consent."
        ),
    ] = None

    def check(self) -> None:
        """Raise Invalid unless it names exactly one recipient."""
        if (self.customer_id is None) == (self.email is None):
            raise Invalid.in_body("email", "give customer_id or email, not both", "one_of")


class Content(Model):
    """A message's texts in full; the HTML is sanitised, with remote images blocked."""

    text: str
    elided: str
    html: str | None


class Download(Model):
    """A presigned URL; whoever has it can read the object until it expires."""

    url: str
    expires_in: Annotated[int, Field(description="Seconds.")]


def cut(text: str, limit: int) -> str:
    """The beginning of a text that fits in `limit` bytes of UTF-8."""
    raw = text.encode()
    return text if len(raw) <= limit else raw[:limit].decode(errors="ignore")
