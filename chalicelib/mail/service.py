"""What can be done with messages. Those that are to be sent: queueing.py."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from chalicelib.customers.model import Customer
from chalicelib.kernel import blobs
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.mail import store, thread_store
from chalicelib.mail.model import (
    MAX_ELIDED_BYTES,
    MAX_TEXT_BYTES,
    ListedClass,
    Message,
    State,
    StoredMessage,
)
from chalicelib.mail.parts import Address

PREVIEW = 200
"""Characters of a text that the timeline shows."""


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
    return store.find(message_id)


def in_thread(thread_id: str | None, *, limit: int, after: str | None) -> tuple[list[Message], str | None]:
    """A page of a thread's messages, or of those that came in and joined none, newest first."""
    return store.in_thread(thread_id, limit=limit, after=after)


def said_in(thread_ids: Sequence[str], *, limit: int) -> list[StoredMessage]:
    """The first messages of these threads and the last ones, `limit` of either at most, oldest first.

    A call a thread, or two when there are more.
    """
    return store.said_in(thread_ids, limit=limit)


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
    thread_store.index_thread(work, keys, thread_id)


def claim_thread_key(work: Work, key: Key, thread_id: str) -> None:
    """Make a thread findable under a key that a stranger chose. Fails with Stale when another has it."""
    thread_store.claim_thread_key(work, key, thread_id)


def unite(work: Work, thread_id: str, others: Sequence[str]) -> None:
    """Show the messages of these threads, 20 at most, with a thread's own; none, and it is alone again."""
    store.unite(work, thread_id, others)


def mark_seen(work: Work, key: Key) -> None:
    """Mark a mail as filed. Fails with Repeated when it was before."""
    thread_store.mark_seen(work, key)


def forget(work: Work, message_id: str) -> None:
    """Delete a message that has neither thread nor objects, with its events: one call, ten writes at most."""
    for key in store.keys_of(message_id):
        work.delete(key)


def forget_some(work: Work, message_ids: Sequence[str], room: int) -> list[str]:
    """Delete such messages, the last first, while a transaction has fewer writes than `room`; those left."""
    left = list(message_ids)
    while left and len(work.writes) < room:
        forget(work, left.pop())
    return left
