"""Hands webhooks what happened: a delivery for each that is to hear of it, then try by try until it is done.

A try is made first and written down after, so a worker that dies between sends it again: receivers know a
repeat by its `webhook-id`. Failed tries wait for a timer, hours if need be; no queue could hold them so long.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from chalicelib.kernel import ids
from chalicelib.kernel.errors import Invalid, Repeated
from chalicelib.kernel.events import Published
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.work import Work
from chalicelib.webhooks import posting, service, signing, store, targets
from chalicelib.webhooks.events import DeliveryDue, DeliveryRetried, WebhookDisabled
from chalicelib.webhooks.model import (
    PATIENCE,
    Delivery,
    StoredDelivery,
    StoredWebhook,
    Try,
    WebhookId,
)

AGENT = "Rapport-Webhooks/1"
GONE = 410
"""The status by which a receiver says that it wants no more (Standard Webhooks)."""


def take(work: Work, body: str) -> None:
    """Do what a message of the bus asks for: make a try that is due, or hand an event to who hears of it.

    Raises Invalid `unreadable_event`, Repeated when it was done before.
    """
    event = Published.of(body)
    if event.type == DeliveryDue.type:
        due = DeliveryDue.model_validate(event.data)
        attempt(work, due.webhook_id, due.delivery_id, version=due.delivery_version)
        return
    payload = json.loads(body)["detail"]
    named = event.data.get("webhook_ids", []) if event.type == "rule.fired" else []
    for webhook in service.current(named):
        if webhook.hears(event.type, bulk=event.bulk) or (webhook.enabled and webhook.id in named):
            store.add_delivery(work, _delivery(work, webhook.id, event.id, event.type, payload))


def _delivery(
    work: Work, webhook_id: WebhookId, event_id: str, event_type: str, payload: dict[str, Any]
) -> StoredDelivery:
    """A delivery whose id follows from the event and the webhook, so that a repeat meets the first one."""
    at = datetime.fromisoformat(payload["recorded_at"])
    return StoredDelivery(
        id=ids.derived_id("dlv", at, event_id, webhook_id),
        version=1,
        webhook_id=webhook_id,
        event_id=event_id,
        event_type=event_type,
        state="pending",
        payload=json.dumps(payload, ensure_ascii=False, separators=(",", ":")),
        created_at=work.now,
        updated_at=work.now,
    )


def attempt(work: Work, webhook_id: str, delivery_id: str, *, version: int) -> None:
    """Try a delivery at this version once: two calls, and the request. Raises Repeated at another version."""
    webhook, delivery = store.find_delivery(webhook_id, delivery_id)
    if delivery is None or delivery.version != version:
        raise Repeated("This try was made before.")
    if webhook is None or not webhook.enabled:
        one = Try(at=work.now, failure="disabled", milliseconds=0)
    else:
        one = _send(webhook, delivery)
    after = delivery.tried(one, at=ids.now())
    store.replace_delivery(work, after)
    if after.next_try_at:
        retry = DeliveryRetried(wake_id=after.id, wake_at=after.next_try_at, webhook_id=webhook_id)
        expires_at = int((after.next_try_at + PATIENCE).timestamp())
        work.record(store.delivery_key(after.id).pk, retry, expires_at=expires_at)
    if webhook is not None and webhook.enabled:
        _note(work, webhook, after, one)


def _send(webhook: StoredWebhook, delivery: StoredDelivery) -> Try:
    try:
        target = targets.target_of(webhook.url)
    except Invalid:  # it was allowed when it was saved, and is no more
        return Try(at=ids.now(), failure="refused_address", milliseconds=0)
    body, now = delivery.payload.encode(), ids.now()
    secrets = [signing.secret(webhook.id, number) for number in webhook.secret_numbers(now)]
    signed = signing.headers(delivery.id, now, body, secrets)
    return posting.post(target, body, {"content-type": "application/json", "user-agent": AGENT, **signed})


def _note(work: Work, webhook: StoredWebhook, delivery: Delivery, one: Try) -> None:
    """Note when an endpoint begins and ends to fail; disable one that did for too long, or is gone."""
    if one.failure is None:
        if webhook.failing_since:
            store.note_failing(work, webhook, failing_since=None)
        return
    since = webhook.failing_since or one.at
    tired = delivery.state == "failed" and one.at - since >= PATIENCE
    if tired or one.code == GONE:
        reason = "gone" if one.code == GONE else "failing"
        assign = {"enabled": False, "disabled_because": reason, "failing_since": stamp(since)}
        store.note_failing(work, webhook, **assign)
        event = WebhookDisabled(webhook_id=webhook.id, reason=reason)
        work.record(store.events_partition(webhook.id), event)
    elif webhook.failing_since is None:
        store.note_failing(work, webhook, failing_since=stamp(since))


def wake(work: Work, delivery_id: str, at: datetime) -> None:
    """Have the next try made, if it is due at this time; a stale timer finds it later, or done."""
    delivery = store.get_delivery(delivery_id)
    if delivery.next_try_at is None or delivery.next_try_at > at:
        return
    _again(work, delivery)


def _again(work: Work, delivery: StoredDelivery) -> StoredDelivery:
    due = delivery.due(work.now)
    store.replace_delivery(work, due)
    store.wake(work, due)
    return due


def redeliver(work: Work, webhook_id: str, delivery_id: str) -> Delivery:
    """Send a delivery again, with all its tries, whatever came of it before. Raises NotFound."""
    webhook, delivery = store.find_delivery(webhook_id, delivery_id)
    if webhook is None:
        raise store.no_such_webhook()
    if delivery is None:
        raise store.no_such_delivery()
    return shown(_again(work, delivery.model_copy(update={"failed_tries": 0})))


def send_test(work: Work, webhook_id: str) -> Delivery:
    """Send a webhook an event `webhook.test` that tells of nothing. Raises NotFound."""
    webhook = store.get(webhook_id)
    event_id = ids.new_id("evt", work.now)
    payload = {
        **{"id": event_id, "type": "webhook.test", "version": 1, "customer_id": None, "channel": None},
        **{"occurred_at": stamp(work.now), "recorded_at": stamp(work.now), "bulk": False},
        "actor": {"id": work.principal.id, "staff_id": work.principal.actor},
        "data": {"webhook_id": webhook.id},
    }
    delivery = _delivery(work, webhook.id, event_id, "webhook.test", payload)
    store.add_delivery(work, delivery)
    return shown(delivery)


def shown(delivery: StoredDelivery) -> Delivery:
    """The delivery without what it carries."""
    return Delivery.model_validate(delivery.model_dump(include=set(Delivery.model_fields)))


def newest(webhook_id: str, *, limit: int, after: str | None) -> tuple[list[Delivery], str | None]:
    """A page of a webhook's deliveries, newest first. Raises NotFound."""
    found, position = store.deliveries(webhook_id, limit=limit, after=after)
    if not found and after is None:
        store.get(webhook_id)
    return found, position
