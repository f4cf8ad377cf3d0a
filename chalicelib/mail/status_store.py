"""How a sent mail moves on in the table: claimed, given back, sent, reported on, opened; never backward."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from boto3.dynamodb.conditions import Attr, ConditionBase, ConditionExpressionBuilder

from chalicelib.kernel import aws
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import RapportError, Repeated, Stale
from chalicelib.kernel.ids import stamp, ulid
from chalicelib.kernel.table import Item, busy_is_unavailable, decode_item, encode_item
from chalicelib.kernel.work import Failure, Work
from chalicelib.mail.model import RANK, Status, StoredMessage
from chalicelib.mail.store import message_key, no_such_message, stored


def claim(message_id: str, *, now: datetime, until: int) -> tuple[StoredMessage, bool]:
    """Take a queued mail to send it, unless it waits: one call; one more for one whose sender died.

    Nobody knows whether that one went out: it is `uncertain` from now on. The message, and whether it was
    taken. Raises NotFound for a message that is not there.
    """
    waits, name = Attr("not_before").gt(stamp(now)), ulid(now)
    taking = {"claimed_until": until, "claimed_as": name}
    message, claimed = _claim(message_id, Attr("status").eq("queued") & ~waits, **taking)
    if claimed or not message.was_abandoned(now):
        return message, claimed
    abandoned = Attr("status").eq("sending") & Attr("claimed_until").eq(message.claimed_until)
    return _claim(message_id, abandoned, **taking, uncertain=True)


def _claim(message_id: str, when: ConditionBase, **assign: Any) -> tuple[StoredMessage, bool]:
    """Where the answer is lost, the client claims once more, and finds the mail claimed by itself."""
    client = aws.dynamodb()
    try:
        with busy_is_unavailable():
            answer: Any = client.update_item(
                TableName=settings().table,
                Key=encode_item(message_key(message_id)._asdict()),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **_taking(when, assign),
            )
    except client.exceptions.ConditionalCheckFailedException as failed:
        old: Any = failed.response.get("Item")
        if not old:
            raise no_such_message() from None
        found = stored(decode_item(old))
        return found, found.claimed_as == assign["claimed_as"]
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


def note_ses_id(work: Work, message_id: str, ses_message_id: str) -> None:
    """Remember SES's id where delivery was reported before we could write `sent`; Repeated when it is."""
    unnoted = Attr("pk").exists() & Attr("ses_message_id").not_exists()
    assign = {"ses_message_id": ses_message_id, "sent_at": stamp(work.now)}
    work.update(message_key(message_id), assign=assign, add={"version": 1}, when=unnoted, failure=_moved_on())


def note_engagement(work: Work, message: StoredMessage, assign: Item) -> None:
    """Note what its reader did with a mail. Fails with Stale when it changed meanwhile."""
    work.update(
        message_key(message.id),
        assign={name: message.model_copy(update=assign).model_dump(mode="json")[name] for name in assign},
        add={"version": 1},
        when=Attr("version").eq(message.version),
        failure=Stale("The message changed meanwhile."),
    )


def _moved_on() -> Repeated:
    return Repeated("The message is beyond this already.")
