"""The items of thread keys, by which answers find their thread, and of mails that were seen before."""

from __future__ import annotations

from collections.abc import Iterable

from boto3.dynamodb.conditions import Attr

from chalicelib.kernel import table
from chalicelib.kernel.errors import Repeated, Stale
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.mail import threads
from chalicelib.mail.model import StoredMessage

SEEN_FOR = 400 * 86_400
"""Seconds in which the same mail is known again."""

REPORTED_FOR = 90 * 86_400
"""Seconds in which a report about a mail that belongs to no thread finds it."""


def thread_item_key(key: str) -> Key:
    return Key(key, "THR")


def own_thread_keys(messages: Iterable[StoredMessage]) -> list[Key]:
    """Where the threads of these messages are indexed by the messages' own ids, and by no other thread's.

    One call.
    """
    wanted: dict[Key, str | None] = {}
    for message in messages:
        if message.index_key:
            wanted[thread_item_key(message.index_key)] = message.thread_id
        if message.ses_message_id:
            key = thread_item_key(threads.index_key("ses", message.ses_message_id))
            wanted[key] = message.thread_id
    found = table.get_many(wanted)
    return [key for key, item in found.items() if item.get("thread_id") == wanted[key]]


def index_thread(work: Work, keys: Iterable[str], thread_id: str) -> None:
    """Make the thread findable under these keys, which we or SES made and so are never another thread's."""
    for key in keys:
        work.overwrite({**thread_item_key(key)._asdict(), "thread_id": thread_id})


def reindex(work: Work, keys: Iterable[Key], source: str, target: str) -> None:
    """Have these lead to another thread, to the same messages. Fails with Stale when they led elsewhere."""
    for key in keys:
        work.update(
            key,
            assign={"thread_id": target},
            when=Attr("thread_id").eq(source),
            failure=Stale("The messages were moved meanwhile."),
        )


def index_sent(work: Work, key: str, message: StoredMessage) -> None:
    """Make a message that was sent findable under the id that SES gave it, with its thread or for a while."""
    until = int(work.now.timestamp()) + REPORTED_FOR
    place: Item = {"thread_id": message.thread_id} if message.thread_id else {"expires_at": until}
    work.overwrite({**thread_item_key(key)._asdict(), **place, "message_id": message.id})


def claim_thread_key(work: Work, key: Key, thread_id: str) -> None:
    """Index a thread under a key that a stranger chose, if it is free. Fails with Stale when it is not."""
    taken = Stale("Another thread is indexed here; read it again.")
    work.put({**key._asdict(), "thread_id": thread_id}, unless_exists=taken)


def seen_key(kind: str, mailbox: str, identifier: str) -> Key:
    """Marks a mail that a mailbox has: by the id SES gave it, and by its own Message-ID."""
    return Key(f"SEEN#{kind}#{mailbox}#{identifier}"[:1500], "SEEN")


def mark_seen(work: Work, key: Key) -> None:
    """Fails with Repeated when the mail was filed before."""
    item = {**key._asdict(), "expires_at": int(work.now.timestamp()) + SEEN_FOR}
    work.put(item, unless_exists=Repeated("This mail was filed before."))
