"""The items of messages, thread keys, suppressions, and of mails that were seen before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress as suppress_errors
from datetime import datetime
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase, ConditionExpressionBuilder

from chalicelib.customers import service as customers
from chalicelib.kernel import aws, pages, table, tokens
from chalicelib.kernel.addresses import ascii_domain
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import AlreadyExists, NotFound, RapportError, Repeated, Stale
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key, busy_is_unavailable, decode_item, encode_item, key_of
from chalicelib.kernel.work import Work
from chalicelib.mail.model import CLASSES, RANK, ListedClass, Message, State, Status, StoredMessage

SEEN_FOR = 400 * 86_400
"""Seconds in which the same mail is known again."""


def partition(message_id: str) -> str:
    return f"MSG#{message_id}"


def message_key(message_id: str) -> Key:
    return Key(partition(message_id), "MAIL")


def suppression_key(address: str) -> Key:
    """Where an address would be suppressed; the hash survives erasure without naming anybody.

    SES reports an address as it was sent to, so the domain counts in its ASCII form, whoever asks.
    """
    local, at, domain = address.rpartition("@")
    with suppress_errors(ValueError):  # no domain that could be sent to
        domain = ascii_domain(domain)
    return Key(f"SUP#{tokens.keyed_hash('suppression', (local + at + domain).casefold())}", "SUP")


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
    item = table.get(message_key(message_id))
    if item is None:
        raise _no_such_message()
    return stored(item)


def keys_of(message_id: str) -> list[Key]:
    """Up to ten keys of a message's partition: its own, and those of the events that lie there."""
    return [key_of(item) for item in pages.page([Query(partition(message_id))], limit=10).items]


def _no_such_message() -> NotFound:
    return NotFound("There is no such message.", code="no_such_message")


def stored(item: Item) -> StoredMessage:
    return StoredMessage.model_validate(item, strict=False)


def _list_key(thread_id: str | None) -> str:
    return f"THREAD#{thread_id or 'none'}"


def in_thread(thread_id: str | None, *, limit: int, after: str | None) -> tuple[list[Message], str | None]:
    """A page of a thread's messages, or of those that came in and joined none, newest first: one call."""
    return _page(Query(_list_key(thread_id), index="gsi1"), limit, after)


def _page(query: Query, limit: int, after: str | None) -> tuple[list[Message], str | None]:
    found = pages.page([query], limit=limit, after=after)
    return [Message.model_validate(item, strict=False) for item in found.items], found.after


def of_class(mail_class: ListedClass, *, limit: int, after: str | None) -> tuple[list[Message], str | None]:
    """A page of what came in and is of a class, newest first: one call."""
    return _page(Query(_class_list(mail_class), index="gsi2"), limit, after)


def in_state(state: State, *, limit: int, after: str | None) -> tuple[list[Message], str | None]:
    """A page of what came in and is in a state, newest first: one call."""
    return _page(Query(_state_list(state), index="gsi3"), limit, after)


def of_thread(thread_id: str, *, limit: int) -> list[StoredMessage]:
    """Some of a thread's messages, as they are now: two calls."""
    listed = pages.page([Query(_list_key(thread_id), index="gsi1")], limit=limit).items
    return [stored(item) for item in table.get_many(key_of(item) for item in listed).values()]


def every_of_thread(thread_id: str) -> Iterator[StoredMessage]:
    """All messages of a thread, oldest first."""
    return map(stored, pages.every(Query(_list_key(thread_id), index="gsi1", ascending=True)))


def index_thread(work: Work, keys: Iterable[str], thread_id: str) -> None:
    """Make the thread findable under these keys, which we or SES made and so are never another thread's."""
    for key in keys:
        work.overwrite({**thread_item_key(key)._asdict(), "thread_id": thread_id})


def index_sent(work: Work, key: str, message: StoredMessage) -> None:
    """Make a message that was sent findable under the id that SES gave it, with its thread if it has one."""
    thread = {"thread_id": message.thread_id} if message.thread_id else {}
    work.overwrite({**thread_item_key(key)._asdict(), **thread, "message_id": message.id})


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


def _free_to_send(now: datetime) -> ConditionBase:
    abandoned = Attr("status").eq("sending") & Attr("claimed_until").lt(int(now.timestamp()))
    return Attr("status").eq("queued") | abandoned


def claim(message_id: str, *, now: datetime, until: int) -> tuple[StoredMessage, bool]:
    """Take a queued mail to send it, or one whose sender gave up before `now`: one call.

    The message, and whether it was taken. Raises NotFound for a message that is not there.
    """
    client = aws.dynamodb()
    try:
        with busy_is_unavailable():
            answer: Any = client.update_item(
                TableName=settings().table,
                Key=encode_item(message_key(message_id)._asdict()),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **_taking(now, until),
            )
    except client.exceptions.ConditionalCheckFailedException as failed:
        old: Any = failed.response.get("Item")
        if not old:
            raise _no_such_message() from None
        return stored(decode_item(old)), False
    return stored(decode_item(answer["Attributes"])), True


def _taking(now: datetime, until: int) -> dict[str, Any]:
    """The expressions of a claim, with their names and values."""
    built = ConditionExpressionBuilder().build_expression(_free_to_send(now))
    names = {"#status": "status", "#rank": "rank"}
    values = {":status": "sending", ":rank": RANK["sending"], ":until": until, ":one": 1}
    return {
        "UpdateExpression": (
            "SET #status = :status, #rank = :rank, claimed_until = :until ADD attempts :one, version :one"
        ),
        "ConditionExpression": built.condition_expression,
        "ExpressionAttributeNames": built.attribute_name_placeholders | names,
        "ExpressionAttributeValues": encode_item(built.attribute_value_placeholders | values),
    }


def release(work: Work, message_id: str) -> None:
    """Give up a claim after SES said that it did not send, so that the next try may begin at once."""
    sending = Attr("status").eq("sending")
    work.update(message_key(message_id), assign={"claimed_until": 0}, when=sending, failure=_moved_on())


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


def suppress(work: Work, address: str, reason: str) -> None:
    """Never mail this address again, until somebody lifts it."""
    item = {**suppression_key(address)._asdict(), "reason": reason, "since": stamp(work.now)}
    work.overwrite(item)


def suppressed(addresses: Iterable[str], beside: Iterable[Key] = ()) -> tuple[set[str], dict[Key, Item]]:
    """Which of these addresses must not be mailed, and the items of the keys asked `beside`: one call."""
    keys = {suppression_key(address): address for address in addresses}
    found = table.get_many([*keys, *beside])
    return {keys[key] for key in found if key in keys}, found
