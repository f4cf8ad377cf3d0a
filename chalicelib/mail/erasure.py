"""What privacy asks of mail: every message of a customer with its objects, and to remove them.

A customer's messages are found by their events: each names its message, and is recorded with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.kernel import blobs, table
from chalicelib.kernel.blobs import StoredObject
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.work import Work
from chalicelib.mail import service, store, suppression_store, thread_store, threads
from chalicelib.mail.events import MailErased
from chalicelib.mail.model import StoredMessage
from chalicelib.timeline import service as timeline
from chalicelib.timeline.model import Entry

EVENTS_AT_ONCE = 19
"""Events, with the messages they name, that one transaction removes at most: five writes each."""
HEARD_FOR = 14 * 86_400
"""Seconds after which nobody needs to hear any more that a message was erased."""

NOTICES_AT_ONCE = 8
"""Notices to staff that one transaction removes at most: ten writes each."""


def export_of(customer_id: str) -> Iterator[dict[str, Any]]:
    """Every message of a customer, oldest first: mails both ways, and notes about them."""
    return (described(message) for message in _messages(customer_id))


def described(message: StoredMessage) -> dict[str, Any]:
    """A message as its customer may see it."""
    return {"kind": "message", **service.shown(message).model_dump(mode="json", exclude_none=True)}


def files_of(customer_id: str) -> Iterator[StoredObject]:
    """The objects of a customer's messages: mails as they came, long texts, attachments."""
    for message in _messages(customer_id):
        yield from objects_of(message)


def objects_of(message: StoredMessage) -> Iterator[StoredObject]:
    """The objects of one message that may be handed out."""
    infected = message.verdicts is not None and message.verdicts.virus == "FAIL"
    if message.raw_key and not infected:
        yield StoredObject(f"mails/{message.id}.eml", message.raw_key)
    if message.body_key:
        yield StoredObject(f"texts/{message.id}.json.gz", message.body_key)
    for place, one in enumerate(message.attachments, 1):
        if not one.quarantined:
            key = service.attachment_key(message.thread_id or message.id, one.id)
            yield StoredObject(f"attachments/{message.id}/{place}-{_plain_name(one.filename)}", key)


def _plain_name(filename: str) -> str:
    """A file name that stays in its folder wherever it is unpacked."""
    return filename.replace("/", "_").replace("\\", "_").lstrip(".") or "attachment"


def _messages(customer_id: str) -> Iterator[StoredMessage]:
    """The messages that are this customer's, in the order of their first events."""
    seen: set[str] = set()
    batch: list[str] = []
    for entry in timeline.every(customer_id):
        message_id = entry.data.get("message_id")
        if message_id and message_id not in seen:
            seen.add(message_id)
            batch.append(message_id)
        if len(batch) == 50:
            yield from _own(batch, customer_id)
            batch = []
    yield from _own(batch, customer_id)


def _own(message_ids: Iterable[str], customer_id: str) -> list[StoredMessage]:
    """Those of these messages that exist and are the customer's: one call."""
    wanted = list(dict.fromkeys(message_ids))
    if not wanted:
        return []
    found = table.get_many(store.message_key(message_id) for message_id in wanted)
    messages = [store.stored(item) for item in found.values()]
    by_id = {one.id: one for one in messages if one.customer_id == customer_id}
    return [by_id[message_id] for message_id in wanted if message_id in by_id]


def spoken_in(thread_id: str) -> Iterator[StoredMessage]:
    """What a thread's customer said that no mail brought: on the phone, at the counter. No event names it."""
    every = store.every_of_thread(thread_id)
    return (one for one in every if one.status == "recorded" and one.direction == "inbound")


def erase_thread(work: Work, thread_id: str) -> Counter[str]:
    """Remove some of a thread's messages, whoever wrote them, then of its notices; nothing without any."""
    removed = erase_messages(work, store.of_thread(thread_id, limit=EVENTS_AT_ONCE))
    return removed or _erase_notices(work, thread_id)


def _erase_notices(work: Work, thread_id: str) -> Counter[str]:
    """Remove some of the notices to staff that tell of a thread, with their events."""
    listed = store.notices_about(thread_id, limit=NOTICES_AT_ONCE)
    found = [key for one in listed for key in store.keys_of(one)]
    for key in found:
        work.delete(key)
    return Counter({"notices": len(listed)}) if found else Counter()


def erase(work: Work, customer_id: str) -> dict[str, int]:
    """Remove some of a customer's events, the oldest, with the messages that they name."""
    entries = timeline.oldest(customer_id, limit=EVENTS_AT_ONCE)
    messages = _own(_named(entries), customer_id)
    removed = erase_messages(work, messages)
    for message in {one.thread_id: one for one in messages if one.thread_id}.values():
        _tell(work, message)
    for entry in entries:
        timeline.remove(work, customer_id, entry)
    return {**removed, "events": len(entries)} if entries else {}


def _tell(work: Work, message: StoredMessage) -> None:
    """Record that a thread of somebody else's has lost a message, for those who compute from what it says."""
    event = MailErased(message_id=message.id, thread_id=message.thread_id)
    expires_at = int(work.now.timestamp()) + HEARD_FOR
    work.record(store.partition(message.id), event, expires_at=expires_at)


def _named(entries: Iterable[Entry]) -> list[str]:
    return [entry.data["message_id"] for entry in entries if entry.data.get("message_id")]


def erase_messages(work: Work, messages: list[StoredMessage]) -> Counter[str]:
    """Remove messages: at once their objects, in the transaction the items and thread keys; what there was.

    Three writes a message at most. A repeat after a crash finds the items again, and counts the same.
    """
    counts: Counter[str] = Counter()
    for message in messages:
        counts += _erase_objects(message)
        gone = Stale("Somebody else removed the message.")
        work.delete(store.message_key(message.id), when=Attr("pk").exists(), failure=gone)
    keys = thread_store.own_thread_keys(messages)
    for key in keys:
        work.delete(key)
    return counts + Counter({"messages": len(messages), "thread_keys": len(keys)})


def _erase_objects(message: StoredMessage) -> Counter[str]:
    counts: Counter[str] = Counter()
    if message.raw_key:
        blobs.erase(message.raw_key)
        counts["raw_mails"] += 1
    if message.body_key:
        blobs.erase(message.body_key)
        counts["texts"] += 1
    kept = {one.id for one in message.attachments if not one.quarantined}
    for place in (message.thread_id or message.id, *message.moved_from):
        for sha256 in kept:
            blobs.erase(service.attachment_key(place, sha256))
    return counts + Counter({"attachments": len(kept)})


def forget_tag(work: Work, tag: str) -> None:
    """Remove the entry that leads from a subject's tag to its thread."""
    work.delete(thread_store.thread_item_key(threads.index_key("tag", tag)))


def part(work: Work, thread_id: str) -> None:
    """Remove the note of which threads are shown with this one."""
    store.unite(work, thread_id, [])


def suppress_erased(work: Work, addresses: Iterable[str]) -> int:
    """Never mail these addresses again; how many were not suppressed before. 50 at most."""
    by_key = {suppression_store.address_key(address): address for address in addresses}
    known = table.get_many(by_key)
    lasting = {key for key, item in known.items() if "expires_at" not in item}
    new = [address for key, address in by_key.items() if key not in lasting]
    for address in new:
        suppression_store.suppress(work, address, "erased")
    return len(new)
