"""Webhooks over HTTP."""

from __future__ import annotations

from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work
from chalicelib.webhooks import delivering
from chalicelib.webhooks import service as webhooks
from chalicelib.webhooks.model import (
    Delivery,
    DeliveryId,
    NewWebhook,
    Webhook,
    WebhookId,
    WebhookPatch,
    WebhookWithSecret,
)

routes = Routes("Webhooks", __name__)


@routes.post("/v1/webhooks", scope="webhooks:write", status=201, location="/v1/webhooks/{id}", secret=True)
def create_webhook(body: NewWebhook, work: Work) -> WebhookWithSecret:
    """Add an endpoint that is told what happens. Its secret is in this answer only.

    Requests are signed by Standard Webhooks and carry the event as the bus has it: ids, enums and numbers,
    which the receiver reads up on through the API. 422 `refused_address` for an address that is not public.
    """
    return webhooks.add(work, body)


@routes.get("/v1/webhooks", scope="webhooks:read")
def list_webhooks() -> Page[Webhook]:
    """List all webhooks, oldest first, without their secrets."""
    return Page(data=webhooks.every())


@routes.get("/v1/webhooks/{webhook_id}", scope="webhooks:read")
def read_webhook(webhook_id: WebhookId) -> Webhook:
    """Read a webhook, without its secret."""
    return webhooks.get(webhook_id)


@routes.patch("/v1/webhooks/{webhook_id}", scope="webhooks:write")
def change_webhook(webhook_id: WebhookId, body: WebhookPatch, work: Work) -> Webhook:
    """Change a webhook by JSON Merge Patch. It takes effect within three seconds."""
    return webhooks.change(work, webhook_id, body)


@routes.delete("/v1/webhooks/{webhook_id}", scope="webhooks:write")
def delete_webhook(webhook_id: WebhookId, work: Work) -> None:
    """Delete a webhook. What waits to be sent to it is given up."""
    webhooks.delete(work, webhook_id)


@routes.post("/v1/webhooks/{webhook_id}/secret", scope="webhooks:write", secret=True)
def rotate_webhook_secret(webhook_id: WebhookId, work: Work) -> WebhookWithSecret:
    """Give a webhook another secret, shown in this answer only. For 24 hours, the one before signs too."""
    return webhooks.rotate(work, webhook_id)


@routes.post("/v1/webhooks/{webhook_id}/test", scope="webhooks:write", status=202)
def test_webhook(webhook_id: WebhookId, work: Work) -> Delivery:
    """Send it an event `webhook.test`; what came of it is among its deliveries a moment later."""
    return delivering.send_test(work, webhook_id)


@routes.get("/v1/webhooks/{webhook_id}/deliveries", scope="webhooks:read")
def list_webhook_deliveries(webhook_id: WebhookId, query: PageParameters) -> Page[Delivery]:
    """List what it was sent in the last 30 days, newest first, with each try. Lags a moment."""
    data, position = delivering.newest(webhook_id, limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.post(
    "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", scope="webhooks:write", status=202
)
def redeliver_webhook(webhook_id: WebhookId, delivery_id: DeliveryId, work: Work) -> Delivery:
    """Send a delivery again, under its old `webhook-id`, as often as a new one would be tried."""
    return delivering.redeliver(work, webhook_id, delivery_id)
