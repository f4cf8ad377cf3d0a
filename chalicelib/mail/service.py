"""What can be done with messages: queue a mail, read messages and what belongs to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape, unescape
from typing import Any
from urllib.parse import unquote

from chalicelib.customers.model import Customer
from chalicelib.kernel import blobs, ids, table
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.mail import mailboxes, store
from chalicelib.mail.events import MailDue, MailNotSent, MailQueued
from chalicelib.mail.model import (
    MAX_ELIDED_BYTES,
    MAX_TEXT_BYTES,
    AttachmentInfo,
    Content,
    Download,
    ListedClass,
    Message,
    State,
    StoredMessage,
    TemplateUse,
    cut,
)
from chalicelib.mail.parts import Address

LINK_SECONDS = 900
"""How long a download link works."""

MAX_CONTENT = 4_000_000
"""Bytes of an answer's texts; Lambda takes 6 MB with all that JSON adds."""

PREVIEW = 200
"""Characters of a text that the timeline shows."""


@dataclass(frozen=True)
class Draft:
    """A mail to be sent: to whom, about whom, and how it is threaded. Ids are bare, oldest first."""

    to: Address
    subject: str
    text: str
    sender: Address | None = None
    """One of our mailboxes; the default one unless given."""
    html: str | None = None
    """As it is to be sent; readers get it sanitised."""
    customer_id: str | None = None
    thread_id: str | None = None
    in_reply_to: str | None = None
    references: list[str] = field(default_factory=list)
    auto_reply: bool = False
    topic: str | None = None
    """What the customer must allow when it is sent; None for an answer or a notice, which need no consent."""
    send_at: datetime | None = None
    """Not before this moment."""
    template: TemplateUse | None = None
    attachments: list[AttachmentInfo] = field(default_factory=list)
    """What was stored before (attaching.py), under the thread or under `id`."""
    id: str | None = None
    """Derived from what it answers to, or new; a mail with an id that is there fails with Repeated."""
    about: str | None = None
    """The thread that a notice to staff tells of, without being part of it: it is erased with it."""


def queue(work: Work, draft: Draft) -> Message:
    """Queue a mail; the event that records it wakes the worker that sends it (sending.py)."""
    identifier = draft.id or ids.new_id("msg", work.now)
    message = StoredMessage(
        id=identifier,
        direction="outbound",
        status="queued",
        from_=draft.sender or mailboxes.default().sender,
        to=[draft.to],
        subject=draft.subject,
        text=cut(draft.text, MAX_TEXT_BYTES),
        truncated=len(draft.text.encode()) > MAX_TEXT_BYTES,
        has_html=draft.html is not None,
        body_key=store_body(identifier, draft.text, "", draft.html),
        customer_id=draft.customer_id,
        thread_id=draft.thread_id,
        in_reply_to=draft.in_reply_to,
        references=draft.references,
        auto_reply=draft.auto_reply,
        topic=draft.topic,
        template=draft.template,
        attachments=draft.attachments,
        created_at=work.now,
        not_before=draft.send_at,
        about=draft.about,
    )
    store.add(work, message)
    record(work, message, _queued(message))
    return shown(message)


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
        record(work, message, MailDue(message_id=message_id, topic=message.campaign))


def cancel(work: Work, message_id: str) -> Message:
    """Take back a mail that nobody began to send. Raises NotFound; fails with Conflict `not_waiting`."""
    message = store.get(message_id)
    late = Conflict("The mail does not wait to be sent any more.", code="not_waiting")
    if message.status != "queued":
        raise late
    store.cancel(work, message_id, late)
    event = MailNotSent(message_id=message_id, thread_id=message.thread_id, status="cancelled")
    record(work, message, event)
    return shown(message.model_copy(update={"status": "cancelled", "version": message.version + 1}))


def record(work: Work, message: Message, event: Any, *, channel: str = "email") -> None:
    """Record an event about a message where its customer's timeline shows it."""
    private = {"subject": message.subject, "preview": message.text[:PREVIEW]}
    work.record(
        store.events_partition(message.id, message.customer_id),
        event,
        customer_id=message.customer_id,
        channel=channel,
        private=private,
    )


def store_body(message_id: str, text: str, elided: str, html: str | None) -> str | None:
    """Store the whole texts as one object when the item cannot hold them; its key."""
    fits = len(text.encode()) <= MAX_TEXT_BYTES and len(elided.encode()) <= MAX_ELIDED_BYTES
    if fits and html is None:
        return None
    key = f"messages/{message_id}/body.json.gz"
    blobs.put_json(key, {"text": text, "elided": elided, "html": html})
    return key


def address_of(customer: Customer) -> Address | None:
    """A customer's primary address with their name, if they have one."""
    return Address(address=customer.emails[0], name=customer.name or "") if customer.emails else None


def get(message_id: str) -> Message:
    """Raises NotFound."""
    return shown(store.get(message_id))


def get_stored(message_id: str) -> StoredMessage:
    """A message as the workers see it: one call. Raises NotFound."""
    return store.get(message_id)


def replace(work: Work, message: StoredMessage, *, version: int) -> None:
    """Put the next version of a message. Fails with Stale when it changed meanwhile."""
    store.replace(work, message, version=version)


def find(message_id: str) -> StoredMessage | None:
    """A message as the workers see it, if it is there: one call."""
    item = table.get(store.message_key(message_id))
    return store.stored(item) if item else None


def in_thread(thread_id: str | None, *, limit: int, after: str | None) -> tuple[list[Message], str | None]:
    """A page of a thread's messages, or of those that came in and joined none, newest first."""
    return store.in_thread(thread_id, limit=limit, after=after)


def listed(
    *,
    thread: str | None,
    mail_class: ListedClass | None,
    state: State | None,
    limit: int,
    after: str | None,
) -> tuple[list[Message], str | None]:
    """A page of what came in and joined no thread, or is of a class, or in a state, newest first.

    Raises Invalid unless exactly one is asked for.
    """
    if sum(one is not None for one in (thread, mail_class, state)) != 1:
        raise Invalid.in_query("thread", "give one of thread, class, state", "one_of")
    if mail_class is not None:
        return store.of_class(mail_class, limit=limit, after=after)
    if state is not None:
        return store.in_state(state, limit=limit, after=after)
    return store.in_thread(None, limit=limit, after=after)


def content(message_id: str) -> Content:
    """A message's texts in full: two calls when they lie in an object.

    HTML that would make the answer too large is left out; the raw mail has it.
    """
    message = store.get(message_id)
    if message.body_key is None:
        return Content(text=message.text, elided=message.elided, html=None)
    from chalicelib.mail.reading.html import heavy, sanitised

    whole = Content.model_validate(blobs.get_json(message.body_key), strict=False)
    html = sanitised(whole.html) if whole.html and not heavy(whole.html) else None
    html = _with_pictures(html, message) if html else None
    size = sum(len(part.encode()) for part in (whole.text, whole.elided, html or ""))
    return whole.model_copy(update={"html": html if size <= MAX_CONTENT else None})


def _with_pictures(html: str, message: StoredMessage) -> str:
    """HTML whose pictures that came with the mail (RFC 2392) are links, as attachments are downloaded."""
    links = {
        one.content_id: _attachment_url(message, one)
        for one in message.attachments
        if one.content_id and one.content_type.startswith("image/") and not one.quarantined
    }

    def linked(source: re.Match[str]) -> str:
        url = links.get(unquote(unescape(source[1])))
        return f'src="{escape(url)}"' if url else source[0]

    return re.sub(r'src="cid:([^"]{1,300})"', linked, html) if links else html


def raw_link(message_id: str) -> Download:
    """A link to the mail as it came.

    Raises NotFound for a message that did not come by mail, Conflict `quarantined` for an infected one.
    """
    message = store.get(message_id)
    if message.raw_key is None:
        raise NotFound("This message has no raw source.", code="no_raw_source")
    if message.verdicts is not None and message.verdicts.virus == "FAIL":
        raise Conflict("This mail is in quarantine: it holds a virus.", code="quarantined")
    url = blobs.link(message.raw_key, seconds=LINK_SECONDS, filename=f"{message.id}.eml")
    return Download(url=url, expires_in=LINK_SECONDS)


def attachment_link(message_id: str, attachment_id: str) -> Download:
    """A link to an attachment. Raises NotFound, also for one in quarantine."""
    message = store.get(message_id)
    found = [one for one in message.attachments if one.id == attachment_id and not one.quarantined]
    if not found:
        raise NotFound("This message has no such attachment to download.", code="no_such_attachment")
    return Download(url=_attachment_url(message, found[0]), expires_in=LINK_SECONDS)


def _attachment_url(message: StoredMessage, one: AttachmentInfo) -> str:
    key = attachment_key(message.thread_id or message.id, one.id)
    return blobs.link(key, seconds=LINK_SECONDS, filename=one.filename)


def attachment_key(thread_id: str, sha256: str) -> str:
    """Attachments lie with their thread, never shared between threads, so that one can be erased alone."""
    return f"attachments/{thread_id}/{sha256}"


def shown(message: StoredMessage) -> Message:
    """The message without what only workers need."""
    return Message.model_validate(message.model_dump(include=set(Message.model_fields)))


def message_key(message_id: str) -> Key:
    """A message's key, for those who read several things in one call."""
    return store.message_key(message_id)


def stored(item: Item) -> StoredMessage:
    """The message in an item."""
    return store.stored(item)


def add(work: Work, message: StoredMessage) -> None:
    """Add a message that is not to be sent: one that came in, a note."""
    store.add(work, message)


def index_thread(work: Work, keys: Iterable[str], thread_id: str) -> None:
    """Make a thread findable under these keys (threads.index_key)."""
    store.index_thread(work, keys, thread_id)


def claim_thread_key(work: Work, key: Key, thread_id: str) -> None:
    """Make a thread findable under a key that a stranger chose. Fails with Stale when another has it."""
    store.claim_thread_key(work, key, thread_id)


def unite(work: Work, thread_id: str, others: Sequence[str]) -> None:
    """Show the messages of these threads, 20 at most, with a thread's own; none, and it is alone again."""
    store.unite(work, thread_id, others)


def mark_seen(work: Work, key: Key) -> None:
    """Mark a mail as filed. Fails with Repeated when it was before."""
    store.mark_seen(work, key)


def forget(work: Work, message_id: str) -> None:
    """Delete a message that has neither thread nor objects, with its events: one call, ten writes at most."""
    for key in store.keys_of(message_id):
        work.delete(key)
