"""What is recorded about messages; subjects and texts are private."""

from typing import ClassVar

from chalicelib.kernel.events import EventData


class MailReceived(EventData):
    """`purpose` is the mailbox's, but `support` where the mail answers a ticket."""

    type: ClassVar[str] = "mail.received"
    message_id: str
    thread_id: str | None = None
    mail_class: str
    mailbox_id: str | None = None
    purpose: str = "support"
    state: str | None = None


class MailQueued(EventData):
    """Wakes the worker that sends it."""

    type: ClassVar[str] = "mail.queued"
    message_id: str
    thread_id: str | None = None
    auto_reply: bool = False


class MailSent(EventData):
    type: ClassVar[str] = "mail.sent"
    message_id: str
    thread_id: str | None = None


class MailNotSent(EventData):
    """`status` is failed or suppressed."""

    type: ClassVar[str] = "mail.not_sent"
    message_id: str
    thread_id: str | None = None
    status: str


class MailDelivered(EventData):
    type: ClassVar[str] = "mail.delivered"
    message_id: str


class MailBounced(EventData):
    """`hard` when the address is suppressed from now on."""

    type: ClassVar[str] = "mail.bounced"
    message_id: str
    hard: bool


class MailboxChanged(EventData):
    """A mailbox was added, changed or removed."""

    type: ClassVar[str] = "mailbox.changed"
    audited: ClassVar[bool] = True
    mailbox_id: str
    changed: list[str]


class MailComplained(EventData):
    type: ClassVar[str] = "mail.complained"
    message_id: str
