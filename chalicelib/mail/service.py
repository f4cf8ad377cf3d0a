"""What can be done with messages: queue a mail, read messages and what belongs to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.consent import service as consent
from chalicelib.customers import service as customers
from chalicelib.customers.model import Customer
from chalicelib.kernel import blobs, ids
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.table import Key
from chalicelib.kernel.work import Work
from chalicelib.mail import store
from chalicelib.mail.events import MailQueued
from chalicelib.mail.model import (
    MAX_ELIDED_BYTES,
    MAX_TEXT_BYTES,
    Content,
    Download,
    Message,
    NewMail,
    StoredMessage,
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
    html: str | None = None
    """As it is to be sent; readers get it sanitised."""
    customer_id: str | None = None
    thread_id: str | None = None
    in_reply_to: str | None = None
    references: list[str] = field(default_factory=list)
    auto_reply: bool = False
    topic: str | None = None
    """What the customer must allow when it is sent; None for an answer or a notice, which need no consent."""


def queue(work: Work, draft: Draft) -> Message:
    """Queue a mail; the event that records it wakes the worker that sends it (sending.py)."""
    identifier = ids.new_id("msg", work.now)
    message = StoredMessage(
        id=identifier,
        direction="outbound",
        status="queued",
        from_=Address(address=settings().support_address, name=settings().business_name),
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
        created_at=work.now,
    )
    store.add(work, message)
    event = MailQueued(message_id=message.id, thread_id=draft.thread_id, auto_reply=draft.auto_reply)
    record(work, message, event)
    return shown(message)


def record(work: Work, message: Message, event: Any) -> None:
    """Record an event about a message where its customer's timeline shows it."""
    private = {"subject": message.subject, "preview": message.text[:PREVIEW]}
    work.record(
        store.events_partition(message.id, message.customer_id),
        event,
        customer_id=message.customer_id,
        channel="email",
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


def send(work: Work, new: NewMail) -> Message:
    """Queue a mail to a customer or an address. Raises NotFound, or Invalid for one without an address."""
    new.check()
    if new.customer_id is not None:
        customer = customers.get(new.customer_id)
        primary = address_of(customer)
        if primary is None:
            raise Invalid("This customer has no e-mail address.", code="no_address")
        to = primary
        customer_id: str | None = customer.id
    else:
        to = Address(address=str(new.email))
        customer_id = customers.id_of_email(to.address)
    if new.topic is not None:
        consent.require_topic(work, new.topic)
    content = new.model_dump(include={"subject", "text", "html", "topic"})
    return queue(work, Draft(to=to, customer_id=customer_id, **content))


def address_of(customer: Customer) -> Address | None:
    """A customer's primary address with their name, if they have one."""
    return Address(address=customer.emails[0], name=customer.name or "") if customer.emails else None


def get(message_id: str) -> Message:
    """Raises NotFound."""
    return shown(store.get(message_id))


def in_thread(thread_id: str | None, *, limit: int, after: str | None) -> tuple[list[Message], str | None]:
    """A page of a thread's messages, or of those that came in and joined none, newest first."""
    return store.in_thread(thread_id, limit=limit, after=after)


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
    size = sum(len(part.encode()) for part in (whole.text, whole.elided, html or ""))
    return whole.model_copy(update={"html": html if size <= MAX_CONTENT else None})


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
    key = attachment_key(message.thread_id or message.id, attachment_id)
    url = blobs.link(key, seconds=LINK_SECONDS, filename=found[0].filename)
    return Download(url=url, expires_in=LINK_SECONDS)


def attachment_key(thread_id: str, sha256: str) -> str:
    """Attachments lie with their thread, never shared between threads, so that one can be erased alone."""
    return f"attachments/{thread_id}/{sha256}"


def shown(message: StoredMessage) -> Message:
    """The message without what only workers need."""
    return Message.model_validate(message.model_dump(include=set(Message.model_fields)))


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
