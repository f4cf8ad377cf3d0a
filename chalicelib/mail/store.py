"""The items of messages, thread keys, and of mails that were seen before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.customers import service as customers
from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import NotFound, Repeated, Stale
from chalicelib.kernel.pages import Query, Slice
from chalicelib.kernel.table import Item, Key, key_of
from chalicelib.kernel.work import Work
from chalicelib.mail.model import CLASSES, RANK, ListedClass, Message, State, StoredMessage


def partition(message_id: str) -> str:
    return f"MSG#{message_id}"


def message_key(message_id: str) -> Key:
    return Key(partition(message_id), "MAIL")


def events_partition(message_id: str, customer_id: str | None) -> str:
    """Where events about a message are recorded: with its customer, or with itself."""
    return customers.partition(customer_id) if customer_id else partition(message_id)


def add(work: Work, message: StoredMessage) -> None:
    """Add a message, listed in its thread; one that came in and joined none is listed with its like.

    Ids are new, or derived from what caused it: Repeated is our own earlier success.
    """
    work.put(_item(message), unless_exists=Repeated("This message was added before."))


def _item(message: StoredMessage) -> Item:
    """The message with its places in the lists: by thread, and what came in by class and by state."""
    item: Item = {
        **message_key(message.id)._asdict(),
        **message.model_dump(mode="json", exclude_none=True),
        "rank": RANK[message.status],
    }
    if message.thread_id or message.direction == "inbound":
        item |= {"gsi1pk": _list_key(message.thread_id), "gsi1sk": message.id}
    if message.about:
        item |= {"gsi1pk": _notices_list(message.about), "gsi1sk": message.id}
    if message.direction == "inbound" and message.mail_class in CLASSES:
        item |= {"gsi2pk": _class_list(message.mail_class), "gsi2sk": message.id}
    if message.state:
        item |= {"gsi3pk": _state_list(message.state), "gsi3sk": message.id}
    return item


def _class_list(mail_class: str) -> str:
    return f"MAIL#CLASS#{mail_class}"


def _state_list(state: str) -> str:
    return f"MAIL#STATE#{state}"


def get(message_id: str) -> StoredMessage:
    """Raises NotFound."""
    message = find(message_id)
    if message is None:
        raise no_such_message()
    return message


def find(message_id: str) -> StoredMessage | None:
    """A message, if it is there: one call."""
    item = table.get(message_key(message_id))
    return stored(item) if item else None


def keys_of(message_id: str) -> list[Key]:
    """Up to ten keys of a message's partition: its own, and those of the events that lie there."""
    return [key_of(item) for item in pages.page([Query(partition(message_id))], limit=10).items]


def no_such_message() -> NotFound:
    return NotFound("There is no such message.", code="no_such_message")


def stored(item: Item) -> StoredMessage:
    return StoredMessage.model_validate(item, strict=False)


def _list_key(thread_id: str | None) -> str:
    return f"THREAD#{thread_id or 'none'}"


def _notices_list(thread_id: str) -> str:
    return f"{_list_key(thread_id)}#NOTICES"


def notices_about(thread_id: str, *, limit: int) -> list[str]:
    """Ids of some of the notices that tell of a thread: one call."""
    found = pages.page([Query(_notices_list(thread_id), index="gsi1")], limit=limit)
    return [item["id"] for item in found.items]


UNITED = "~"
"""Where the list of a thread says which others are shown with it: before its newest message."""


def _messages_of(thread_id: str | None, **rest: Any) -> Query:
    return Query.prefixed(_list_key(thread_id), "msg_", index="gsi1", **rest)


def unite(work: Work, thread_id: str, others: Sequence[str]) -> None:
    """Show these threads' messages with a thread's own; none, and it stands for itself again."""
    key = Key(_list_key(thread_id), "UNITED")
    if others:
        place = {"gsi1pk": key.pk, "gsi1sk": UNITED}
        work.overwrite({**key._asdict(), **place, "threads": list(others)})
    else:
        work.delete(key)


def in_thread(thread_id: str | None, *, limit: int, after: str | None) -> tuple[list[Message], str | None]:
    """A page of a thread's messages, or of those that came in and joined none, newest first: one call.

    With other threads united with it, a further one a thread. The position names them, too.
    """
    position, *others = (after or "").split(" ")
    if after is None:
        alone = pages.page([Query(_list_key(thread_id), index="gsi1")], limit=limit)
        if not alone.items or alone.items[0]["sk"] != "UNITED":
            return _messages(alone)
        others = alone.items[0]["threads"]
    threads = [_messages_of(one) for one in (thread_id, *others)]
    messages, position_after = _messages(pages.page(threads, limit=limit, after=position or None))
    return messages, " ".join([position_after, *others]) if position_after else None


def _messages(found: Slice) -> tuple[list[Message], str | None]:
    return [Message.model_validate(item, strict=False) for item in found.items], found.after


def _page(query: Query, limit: int, after: str | None) -> tuple[list[Message], str | None]:
    return _messages(pages.page([query], limit=limit, after=after))


def of_class(mail_class: ListedClass, *, limit: int, after: str | None) -> tuple[list[Message], str | None]:
    """A page of what came in and is of a class, newest first: one call."""
    return _page(Query(_class_list(mail_class), index="gsi2"), limit, after)


def in_state(state: State, *, limit: int, after: str | None) -> tuple[list[Message], str | None]:
    """A page of what came in and is in a state, newest first: one call."""
    return _page(Query(_state_list(state), index="gsi3"), limit, after)


def of_thread(thread_id: str, *, limit: int) -> list[StoredMessage]:
    """Some of a thread's messages, as they are now: two calls."""
    listed = pages.page([_messages_of(thread_id)], limit=limit).items
    return [stored(item) for item in table.get_many(key_of(item) for item in listed).values()]


def every_of_thread(thread_id: str) -> Iterator[StoredMessage]:
    """All messages of a thread, oldest first."""
    return map(stored, pages.every(_messages_of(thread_id, ascending=True)))


def said_in(thread_ids: Sequence[str], *, limit: int) -> list[StoredMessage]:
    """The first messages of these threads and the last ones, `limit` of either at most, oldest first.

    A call a thread, or two when there are more.
    """
    first = pages.page([_messages_of(one, ascending=True) for one in thread_ids], limit=limit)
    items = first.items
    if first.after is not None:
        last = pages.page([_messages_of(one, low=first.after) for one in thread_ids], limit=limit).items
        items = items + [item for item in reversed(last) if item["id"] > first.after]
    return [stored(item) for item in items]


def move(work: Work, message: StoredMessage, thread_id: str) -> None:
    """List a message in another thread. Fails with Stale when it left its own meanwhile."""
    assign = {"thread_id": thread_id, "gsi1pk": _list_key(thread_id)}
    left = [*message.moved_from, message.thread_id]
    work.update(
        message_key(message.id),
        assign=assign | {"moved_from": left},
        add={"version": 1},
        when=Attr("thread_id").eq(message.thread_id),
        failure=Stale("The message was moved meanwhile."),
    )


def replace(work: Work, message: StoredMessage, *, version: int) -> None:
    """Fails with Stale when the message changed meanwhile."""
    work.replace(_item(message), version=version)
