"""A message: one mail, note or spoken word, in either direction, and how its status may move."""

from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import ConfigDict, Field

from chalicelib.consent.model import SERVICE
from chalicelib.kernel import ids
from chalicelib.kernel.model import Model, Stored, Utc
from chalicelib.mail.notices.receipts import Receipt, Verdict
from chalicelib.mail.parts import Action, Address
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
    "cancelled",
]
"""`received` came by mail or the customer's own page, `recorded` was written down here; the others are a
sent mail's way."""

RANK: dict[Status, int] = {
    "received": 0,
    "recorded": 0,
    "queued": 0,
    "sending": 1,
    "suppressed": 2,
    "sent": 2,
    "failed": 3,
    "cancelled": 3,
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


class TemplateUse(Stored):
    """What a mail was made from: a version of a template, in one of its languages."""

    id: str
    version: int
    language: str


class Click(Stored):
    """A link of a mail that its reader followed, and when they first did."""

    link: str
    at: Utc


class Verdicts(Stored):
    """What SES found when a mail came in; `sender_verified` is what its DMARC, SPF and DKIM come to."""

    spam: Verdict
    virus: Verdict
    sender_verified: bool


ListedClass = Literal["unreadable", "bounce", "complaint", "own_loop", "auto_reply", "auto_generated", "bulk"]
CLASSES: frozenset[str] = frozenset(get_args(ListedClass))
"""Classes of mail that came in which are listed: all but people's, which are in their tickets."""
State = Literal["quarantined", "spam", "unverified"]
"""What SES's verdicts come to, the gravest of them: a virus, spam, or a sender that nobody vouches for."""


class Reported(Stored):
    """What a delivery report or a complaint says of one recipient; `hard`: the address is no more."""

    recipient: str
    action: Action
    status: Annotated[str | None, Field(description="Enhanced status code (RFC 3463).")] = None
    hard: bool = False
    diagnostic: str | None = None


class Message(Stored):
    """One message. `text` is what its author wrote, `elided` what they quoted; both may be cut short."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    id: MessageId
    version: int = 1
    direction: Direction
    status: Status
    mail_class: Annotated[MailClass | Literal["unreadable"] | None, Field(alias="class")] = None
    signals: list[str] = []
    mailbox: Annotated[str | None, Field(description="Our address that it came to.")] = None
    language: Annotated[str | None, Field(description="Of its text (BCP 47), as far as it tells.")] = None
    state: State | None = None
    reports_on: Annotated[
        str | None, Field(description="The message of ours that a delivery report or complaint is about.")
    ] = None
    reported: list[Reported] = []
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
    template: TemplateUse | None = None
    created_at: Utc
    not_before: Annotated[
        Utc | None,
        Field(description="It waits until then: for its time, for its reader's morning, or for SES."),
    ] = None
    sent_at: Utc | None = None
    delivered_at: Utc | None = None
    tracked: Annotated[
        bool, Field(description="Whether opens and clicks are recorded: `opened_at` and `clicks`.")
    ] = False
    opened_at: Utc | None = None
    clicks: Annotated[list[Click], Field(description="Each link once, 20 at most.")] = []
    uncertain: Annotated[
        bool,
        Field(
            description="SES's answer to a try was lost. A mail that is sent may have gone out twice; one "
            "that failed, once."
        ),
    ] = False
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
    receipt: Receipt | None = None
    """Of a mail that could not be read: what SES said of it, so that it can be read again."""
    in_reply_to: str | None = None
    references: list[str] = []
    auto_reply: bool = False
    own_path: str | None = None
    """Where `OWN_URL` leads in its text: a page that is its reader's alone, so nobody here is shown it."""
    about: str | None = None
    """Of a notice to staff: the thread that it tells of, with which it is erased."""
    sent_for: str | None = None
    """What it is sent for, such as a follow-up: named in the events of what becomes of it."""
    moved_from: list[str] = []
    """Threads that it was in before; copies of its attachments lie there still."""
    attempts: int = 0
    claimed_until: int = 0
    claimed_as: str | None = None
    """The name of the newest claim: by it a sender knows its own, whose answer was lost."""

    def was_abandoned(self, now: datetime) -> bool:
        """Whether its sender died, or did not learn from SES what became of it."""
        return self.status == "sending" and self.claimed_until < now.timestamp()

    @property
    def campaign(self) -> str | None:
        """The topic that its reader can leave. It waits for their day; in doubt it is not sent again."""
        return None if self.topic == SERVICE else self.topic


class Content(Model):
    """A message's texts in full: what its author wrote, what they quoted, and its HTML.

    The HTML is sanitised, with remote images blocked; pictures that came with the mail are links that
    work for a quarter of an hour.
    """

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
