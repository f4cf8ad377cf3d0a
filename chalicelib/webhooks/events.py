"""What is recorded about webhooks. None of it can be subscribed to, or one failure would tell of the next."""

from typing import ClassVar

from chalicelib.kernel.events import EventData, Waking


class WebhookChanged(EventData):
    """`changed` names the fields, `secret`, `created` or `deleted`."""

    type: ClassVar[str] = "webhook.changed"
    audited: ClassVar[bool] = True
    webhook_id: str
    changed: list[str]


class WebhookDisabled(EventData):
    """It failed for too long, or said that it is gone."""

    type: ClassVar[str] = "webhook.disabled"
    webhook_id: str
    reason: str


class DeliveryDue(EventData):
    """Wakes the worker that makes the next try. It is for this version of the delivery alone."""

    type: ClassVar[str] = "webhook.due"
    webhook_id: str
    delivery_id: str
    delivery_version: int


class DeliveryRetried(Waking):
    """Sets the timer for the next try."""

    type: ClassVar[str] = "webhook.retried"
    webhook_id: str
