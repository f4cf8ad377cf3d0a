"""What is recorded about messages; subjects and texts are private."""

from typing import ClassVar

from chalicelib.kernel.events import EventData, Waking
from chalicelib.kernel.model import Utc


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
    """Wakes the worker that sends it; with `wake_at`, the timer until then. `topic` is a campaign's."""

    type: ClassVar[str] = "mail.queued"
    message_id: str
    thread_id: str | None = None
    auto_reply: bool = False
    topic: str | None = None
    wake_id: str | None = None
    wake_at: Utc | None = None


class MailDeferred(Waking):
    """It is tried again later; `reason` is quiet_hours, daily_quota or send_rate."""

    type: ClassVar[str] = "mail.deferred"
    message_id: str
    reason: str


class MailDue(EventData):
    """It need not wait any more: wakes the worker that sends it."""

    type: ClassVar[str] = "mail.due"
    message_id: str
    topic: str | None = None


class MailSent(EventData):
    """`sent_for` is what it was sent for, such as a follow-up, which hears of it by that."""

    type: ClassVar[str] = "mail.sent"
    message_id: str
    thread_id: str | None = None
    sent_for: str | None = None


class MailNotSent(EventData):
    """`status` is failed, suppressed or cancelled; `sent_for` as of `mail.sent`."""

    type: ClassVar[str] = "mail.not_sent"
    message_id: str
    thread_id: str | None = None
    status: str
    sent_for: str | None = None


class MailDelivered(EventData):
    type: ClassVar[str] = "mail.delivered"
    message_id: str


class MailOpened(EventData):
    """Its reader opened a mail that is tracked, the first time."""

    type: ClassVar[str] = "mail.opened"
    message_id: str


class MailClicked(EventData):
    """Its reader followed a link, the first time. The link is private; `link_id` is the same in all mails."""

    type: ClassVar[str] = "mail.clicked"
    message_id: str
    link_id: str


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


class MailErased(EventData):
    """A message is gone from a thread that goes on: what was computed from it is computed anew."""

    type: ClassVar[str] = "mail.erased"
    message_id: str
    thread_id: str | None = None
