"""Mails that are to be sent: written, queued, woken when their time comes, taken back before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.work import Work
from chalicelib.mail import footers, mailboxes, service, status_store, store
from chalicelib.mail.events import MailDue, MailNotSent, MailQueued
from chalicelib.mail.mailbox_model import Mailbox
from chalicelib.mail.model import (
    MAX_TEXT_BYTES,
    AttachmentInfo,
    Message,
    StoredMessage,
    TemplateUse,
    cut,
)
from chalicelib.mail.parts import Address


@dataclass(frozen=True)
class Draft:
    """A mail to be sent: to whom, about whom, and how it is threaded. Ids are bare, oldest first."""

    to: Address
    subject: str
    text: str
    mailbox: Mailbox | None = None
    """Whose address, name and signature it has; without it the default one's, unsigned."""
    html: str | None = None
    """As it is to be sent; readers get it sanitised."""
    customer_id: str | None = None
    cc: list[Address] = field(default_factory=list)
    thread_id: str | None = None
    in_reply_to: str | None = None
    references: list[str] = field(default_factory=list)
    auto_reply: bool = False
    topic: str | None = None
    """What the customer must allow when it is sent; None for an answer or a notice, which need no consent."""
    tracked: bool = False
    """Whether opens and clicks are recorded."""
    send_at: datetime | None = None
    """Not before this moment."""
    template: TemplateUse | None = None
    attachments: list[AttachmentInfo] = field(default_factory=list)
    """What was stored before (attaching.py), under the thread or under `id`."""
    own_path: str | None = None
    """What `links.OWN_URL` stands for in its texts: a page that is its reader's alone."""
    id: str | None = None
    """Derived from what it answers to, or new; a mail with an id that is there fails with Repeated."""
    sent_for: str | None = None
    """What it is sent for, if that is to hear whether it was sent: named in the events that say so."""
    about: str | None = None
    """The thread that a notice to staff tells of, without being part of it: it is erased with it."""


def queue(work: Work, draft: Draft) -> Message:
    """Queue a mail; the event that records it wakes the worker that sends it (sending.py)."""
    identifier = draft.id or ids.new_id("msg", work.now)
    mailbox = draft.mailbox or mailboxes.default()
    text, html = draft.text, draft.html
    if draft.mailbox and draft.mailbox.signature:
        text, html = footers.signed(text, html, draft.mailbox.signature)
    message = StoredMessage(
        id=identifier,
        direction="outbound",
        status="queued",
        from_=mailbox.sender,
        to=[draft.to],
        cc=draft.cc,
        subject=draft.subject,
        text=cut(text, MAX_TEXT_BYTES),
        truncated=len(text.encode()) > MAX_TEXT_BYTES,
        has_html=html is not None,
        body_key=service.store_body(identifier, text, "", html),
        customer_id=draft.customer_id,
        thread_id=draft.thread_id,
        in_reply_to=draft.in_reply_to,
        references=draft.references,
        auto_reply=draft.auto_reply,
        topic=draft.topic,
        tracked=draft.tracked,
        template=draft.template,
        attachments=draft.attachments,
        created_at=work.now,
        not_before=draft.send_at,
        about=draft.about,
        sent_for=draft.sent_for,
        own_path=draft.own_path,
    )
    store.add(work, message)
    service.record(work, message, _queued(message))
    return service.shown(message)


def _queued(message: StoredMessage) -> MailQueued:
    return MailQueued(
        message_id=message.id,
        thread_id=message.thread_id,
        auto_reply=message.auto_reply,
        topic=message.campaign,
        wake_id=message.id if message.not_before else None,
        wake_at=message.not_before,
    )


def wake(work: Work, message_id: str, at: datetime) -> None:
    """Have a mail sent that waited until now. Raises NotFound."""
    message = store.get(message_id)
    if message.status == "queued" and (message.not_before is None or message.not_before <= at):
        service.record(work, message, MailDue(message_id=message_id, topic=message.campaign))


def cancel(work: Work, message_id: str) -> Message:
    """Take back a mail that nobody began to send. Raises NotFound; fails with Conflict `not_waiting`."""
    message = store.get(message_id)
    late = Conflict("The mail does not wait to be sent any more.", code="not_waiting")
    if message.status != "queued":
        raise late
    status_store.cancel(work, message_id, late)
    event = MailNotSent(
        message_id=message_id, thread_id=message.thread_id, status="cancelled", sent_for=message.sent_for
    )
    service.record(work, message, event)
    return service.shown(message.model_copy(update={"status": "cancelled", "version": message.version + 1}))
