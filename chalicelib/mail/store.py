"""The items of messages, thread keys, and of mails that were seen before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase, ConditionExpressionBuilder

from chalicelib.customers import service as customers
from chalicelib.kernel import aws, pages, table
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import AlreadyExists, NotFound, RapportError, Repeated, Stale
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.pages import Query, Slice
from chalicelib.kernel.table import Item, Key, busy_is_unavailable, decode_item, encode_item, key_of
from chalicelib.kernel.work import Failure, Work
from chalicelib.mail import threads
from chalicelib.mail.model import CLASSES, RANK, ListedClass, Message, State, Status, StoredMessage

SEEN_FOR = 400 * 86_400
"""Seconds in which the same mail is known again."""

REPORTED_FOR = 90 * 86_400
"""Seconds in which a report about a mail that belongs to no thread finds it."""


def partition(message_id: str) -> str:
    return f"MSG#{message_id}"


def message_key(message_id: str) -> Key:
    return Key(partition(message_id), "MAIL")


def events_partition(message_id: str, customer_id: str | None) -> str:
    """Where events about a message are recorded: with its customer, or with itself."""
    return customers.partition(customer_id) if customer_id else partition(message_id)


def add(work: Work, message: StoredMessage) -> None:
    """Add a message, listed in its thread; one that came in and joined none is listed with its like."""
    work.put(_item(message), unless_exists=AlreadyExists("This message exists."))


def _item(message: StoredMessage) -> Item:
    """The message with its places in the lists: by thread, and what came in by class and by state."""
    item: Item = {
        **message_key(message.id)._asdict(),
        **message.model_dump(mode="json", exclude_none=True),
        "rank": RANK[message.status],
    }
    if message.thread_id or message.direction == "inbound":
        item |= {"gsi1pk": _list_key(message.thread_id), "gsi1sk": message.id}
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
        raise _no_such_message()
    return message


def find(message_id: str) -> StoredMessage | None:
    """A message, if it is there: one call."""
    item = table.get(message_key(message_id))
    return stored(item) if item else None


def keys_of(message_id: str) -> list[Key]:
    """Up to ten keys of a message's partition: its own, and those of the events that lie there."""
    return [key_of(item) for item in pages.page([Query(partition(message_id))], limit=10).items]


def _no_such_message() -> NotFound:
    return NotFound("There is no such message.", code="no_such_message")


def stored(item: Item) -> StoredMessage:
    return StoredMessage.model_validate(item, strict=False)


def _list_key(thread_id: str | None) -> str:
    return f"THREAD#{thread_id or 'none'}"


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
    found = table.get_many(wanted) if wanted else {}
    return [key for key, item in found.items() if item.get("thread_id") == wanted[key]]


def index_thread(work: Work, keys: Iterable[str], thread_id: str) -> None:
    """Make the thread findable under these keys, which we or SES made and so are never another thread's."""
    for key in keys:
        work.overwrite({**thread_item_key(key)._asdict(), "thread_id": thread_id})


def index_sent(work: Work, key: str, message: StoredMessage) -> None:
    """Make a message that was sent findable under the id that SES gave it, with its thread or for a while."""
    until = int(work.now.timestamp()) + REPORTED_FOR
    place: Item = {"thread_id": message.thread_id} if message.thread_id else {"expires_at": until}
    work.overwrite({**thread_item_key(key)._asdict(), **place, "message_id": message.id})


def claim_thread_key(work: Work, key: Key, thread_id: str) -> None:
    """Index a thread under a key that a stranger chose, if it is free. Fails with Stale when it is not."""
    taken = Stale("Another thread is indexed here; read it again.")
    work.put({**key._asdict(), "thread_id": thread_id}, unless_exists=taken)


def thread_item_key(key: str) -> Key:
    return Key(key, "THR")


def seen_key(kind: str, mailbox: str, identifier: str) -> Key:
    """Marks a mail that a mailbox has: by the id SES gave it, and by its own Message-ID."""
    return Key(f"SEEN#{kind}#{mailbox}#{identifier}"[:1500], "SEEN")


def mark_seen(work: Work, key: Key) -> None:
    """Fails with Repeated when the mail was filed before."""
    item = {**key._asdict(), "expires_at": int(work.now.timestamp()) + SEEN_FOR}
    work.put(item, unless_exists=Repeated("This mail was filed before."))


def claim(message_id: str, *, now: datetime, until: int) -> tuple[StoredMessage, bool]:
    """Take a queued mail to send it, unless it waits: one call; one more for one whose sender died.

    Nobody knows whether that one went out: it is `uncertain` from now on. The message, and whether it was
    taken. Raises NotFound for a message that is not there.
    """
    waits = Attr("not_before").gt(stamp(now))
    message, claimed = _claim(message_id, Attr("status").eq("queued") & ~waits, until=until)
    if claimed or not message.was_abandoned(now):
        return message, claimed
    abandoned = Attr("status").eq("sending") & Attr("claimed_until").eq(message.claimed_until)
    return _claim(message_id, abandoned, until=until, uncertain=True)


def _claim(message_id: str, when: ConditionBase, **assign: Any) -> tuple[StoredMessage, bool]:
    client = aws.dynamodb()
    try:
        with busy_is_unavailable():
            answer: Any = client.update_item(
                TableName=settings().table,
                Key=encode_item(message_key(message_id)._asdict()),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **_taking(when, {"claimed_until": assign.pop("until"), **assign}),
            )
    except client.exceptions.ConditionalCheckFailedException as failed:
        old: Any = failed.response.get("Item")
        if not old:
            raise _no_such_message() from None
        return stored(decode_item(old)), False
    return stored(decode_item(answer["Attributes"])), True


def _taking(when: ConditionBase, assign: dict[str, Any]) -> dict[str, Any]:
    """The expressions of a claim, with their names and values."""
    built = ConditionExpressionBuilder().build_expression(when)
    assign = {"status": "sending", "rank": RANK["sending"], **assign}
    names = {f"#{name}": name for name in assign}
    values = {f":{name}": value for name, value in assign.items()} | {":one": 1}
    return {
        "UpdateExpression": f"SET {', '.join(f'#{name} = :{name}' for name in assign)} "
        "ADD attempts :one, version :one",
        "ConditionExpression": built.condition_expression,
        "ExpressionAttributeNames": built.attribute_name_placeholders | names,
        "ExpressionAttributeValues": encode_item(built.attribute_value_placeholders | values),
    }


def release(work: Work, message_id: str, *, until: datetime | None = None) -> None:
    """Give up a claim on a mail that was not sent, so that it is tried again: at once, or from `until` on."""
    assign: dict[str, Any] = {"status": "queued", "rank": RANK["queued"], "claimed_until": 0}
    assign |= {"not_before": stamp(until)} if until else {}
    work.update(
        message_key(message_id),
        assign=assign,
        add={"version": 1},
        when=Attr("status").eq("sending"),
        failure=_moved_on(),
    )


def cancel(work: Work, message_id: str, failure: Failure) -> None:
    """Take back a mail that was not claimed yet; else it fails so."""
    assign = {"status": "cancelled", "rank": RANK["cancelled"]}
    waiting = Attr("status").eq("queued")
    work.update(message_key(message_id), assign=assign, add={"version": 1}, when=waiting, failure=failure)


def raise_status(
    work: Work, message_id: str, status: Status, *, beyond: RapportError | None = None, **assign: Any
) -> None:
    """Move a message on to a status of higher rank; Repeated, or `beyond`, when it is there or further."""
    rank = RANK[status]
    work.update(
        message_key(message_id),
        assign={"status": status, "rank": rank, **assign},
        add={"version": 1},
        when=Attr("rank").lt(rank),
        failure=beyond or _moved_on(),
    )


def note_engagement(work: Work, message: StoredMessage, assign: Item) -> None:
    """Note what its reader did with a mail. Fails with Stale when it changed meanwhile."""
    work.update(
        message_key(message.id),
        assign={name: message.model_copy(update=assign).model_dump(mode="json")[name] for name in assign},
        add={"version": 1},
        when=Attr("version").eq(message.version),
        failure=Stale("The message changed meanwhile."),
    )


def replace(work: Work, message: StoredMessage, *, version: int) -> None:
    """Fails with Stale when the message changed meanwhile."""
    work.replace(_item(message), version=version)


def note_ses_id(work: Work, message_id: str, ses_message_id: str) -> None:
    """Remember SES's id where delivery was reported before we could write `sent`; Repeated when it is."""
    unnoted = Attr("pk").exists() & Attr("ses_message_id").not_exists()
    assign = {"ses_message_id": ses_message_id, "sent_at": stamp(work.now)}
    work.update(message_key(message_id), assign=assign, add={"version": 1}, when=unnoted, failure=_moved_on())


def _moved_on() -> Repeated:
    return Repeated("The message is beyond this already.")
