"""The items of webhooks, all in one partition, and of their deliveries, which expire."""

from __future__ import annotations

from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import AlreadyExists, Invalid, NotFound, Repeated
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.webhooks.events import DeliveryDue
from chalicelib.webhooks.model import KEPT, Delivery, StoredDelivery, StoredWebhook

WEBHOOKS = "WEBHOOKS"
"""The partition of all webhooks."""


def webhook_key(webhook_id: str) -> Key:
    return Key(WEBHOOKS, f"WEBHOOK#{webhook_id}")


def delivery_key(delivery_id: str) -> Key:
    return Key(f"DLV#{delivery_id}", "DELIVERY")


def events_partition(webhook_id: str) -> str:
    """Where events about a webhook are recorded."""
    return f"WHK#{webhook_id}"


def _item(webhook: StoredWebhook) -> Item:
    return {**webhook_key(webhook.id)._asdict(), **webhook.model_dump(mode="json", exclude_none=True)}


def add(work: Work, webhook: StoredWebhook) -> None:
    work.put(_item(webhook), unless_exists=AlreadyExists("This webhook exists."))


def replace(work: Work, webhook: StoredWebhook, *, version: int) -> None:
    work.replace(_item(webhook), version=version)


def remove(work: Work, webhook_id: str) -> None:
    work.delete(webhook_key(webhook_id), when=Attr("pk").exists(), failure=no_such_webhook())


def require(work: Work, webhook_id: str, field: str) -> None:
    """Commit only if the webhook exists; else Invalid names the field."""
    work.require(webhook_key(webhook_id), Invalid.in_body(field, "names no webhook", "unknown_webhook"))


def no_such_webhook() -> NotFound:
    return NotFound("There is no such webhook.", code="no_such_webhook")


def get(webhook_id: str) -> StoredWebhook:
    """Raises NotFound."""
    item = table.get(webhook_key(webhook_id))
    if item is None:
        raise no_such_webhook()
    return _webhook(item)


def _webhook(item: Item) -> StoredWebhook:
    return StoredWebhook.model_validate(item, strict=False)


def every() -> list[StoredWebhook]:
    """All webhooks, oldest first: one call."""
    return [_webhook(item) for item in pages.every(Query.prefixed(WEBHOOKS, "WEBHOOK#", ascending=True))]


def note_failing(work: Work, webhook: StoredWebhook, **assign: Any) -> None:
    """Note how an endpoint fares, whoever changes it meanwhile. Fails with Repeated when it is deleted."""
    gone = Repeated("The webhook was deleted.")
    values = {name: value for name, value in assign.items() if value is not None}
    removed = [name for name, value in assign.items() if value is None]
    there = Attr("pk").exists()
    work.update(
        webhook_key(webhook.id), assign=values, add={"version": 1}, remove=removed, when=there, failure=gone
    )


def _delivery_item(delivery: StoredDelivery) -> Item:
    return {
        **delivery_key(delivery.id)._asdict(),
        **delivery.model_dump(mode="json", exclude_none=True),
        "gsi1pk": f"DLV#{delivery.webhook_id}",
        "gsi1sk": delivery.id,
        "expires_at": int((delivery.created_at + KEPT).timestamp()),
    }


def add_delivery(work: Work, delivery: StoredDelivery) -> None:
    """Fails with Repeated when this event was handed to this webhook before."""
    work.put(_delivery_item(delivery), unless_exists=Repeated("This webhook was told of this before."))
    wake(work, delivery)


def replace_delivery(work: Work, delivery: StoredDelivery) -> None:
    """Write the next version. Fails with Stale."""
    work.replace(_delivery_item(delivery), version=delivery.version - 1)


def wake(work: Work, delivery: StoredDelivery) -> None:
    """Record that this version of a delivery is to be tried now."""
    due = DeliveryDue(
        webhook_id=delivery.webhook_id, delivery_id=delivery.id, delivery_version=delivery.version
    )
    work.record(delivery_key(delivery.id).pk, due, expires_at=int((delivery.created_at + KEPT).timestamp()))


def find_delivery(webhook_id: str, delivery_id: str) -> tuple[StoredWebhook | None, StoredDelivery | None]:
    """A webhook and one of its deliveries, as far as they are there: one call."""
    keys = webhook_key(webhook_id), delivery_key(delivery_id)
    found = table.get_many(keys)
    webhook, delivery = (found.get(key) for key in keys)
    if delivery is not None and delivery["webhook_id"] != webhook_id:
        delivery = None
    return _webhook(webhook) if webhook else None, _delivery(delivery) if delivery else None


def get_delivery(delivery_id: str) -> StoredDelivery:
    """Raises NotFound."""
    item = table.get(delivery_key(delivery_id))
    if item is None:
        raise no_such_delivery()
    return _delivery(item)


def _delivery(item: Item) -> StoredDelivery:
    return StoredDelivery.model_validate(item, strict=False)


def no_such_delivery() -> NotFound:
    return NotFound("There is no such delivery.", code="no_such_delivery")


def deliveries(webhook_id: str, *, limit: int, after: str | None) -> tuple[list[Delivery], str | None]:
    """A page of a webhook's deliveries, newest first."""
    found = pages.page([Query(f"DLV#{webhook_id}", index="gsi1")], limit=limit, after=after)
    return [Delivery.model_validate(item, strict=False) for item in found.items], found.after
