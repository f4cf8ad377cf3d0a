"""A webhook: an endpoint that is told what happened; a delivery: one such telling, try by try."""

from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field

from chalicelib.kernel import ids
from chalicelib.kernel.model import Line, Model, Stored, Utc, each_once

WebhookId = Annotated[str, ids.id_of("whk")]
DeliveryId = Annotated[str, ids.id_of("dlv")]
State = Literal["pending", "delivered", "failed"]
Failure = Literal["status", "timeout", "unreachable", "tls", "refused_address", "unreadable", "disabled"]
"""Why a try failed. `status` is an answer other than 2xx, `disabled` that it was not tried any more."""

GROUPS = (
    *("customer", "consent", "preferences", "organisation", "interaction"),
    *("mail", "ticket", "feedback", "followup", "suggestion", "task", "rule"),
)
"""What can be subscribed to: events of these groups. What only wakes our own workers has others."""
INTERNAL = frozenset(
    {
        *("ticket.snoozed", "task.scheduled", "organisation.deleted", "organisation.emptying"),
        *("followup.scheduled", "suggestion.moving", "suggestion.telling"),
    }
)
"""Events of those groups that only drive us."""

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 300, 600))
"""After each failed try but the last, how long until the next one: seven tries in 18 hours."""
PATIENCE = timedelta(days=5)
"""How long an endpoint may fail without a success before it is disabled."""
OVERLAP = timedelta(hours=24)
"""How long the secret before the current one signs, too."""
KEPT = timedelta(days=30)
"""How long deliveries are listed."""
MOST = 50
"""Webhooks at most. Two who add the last one at once may both succeed: it only bounds a list."""
TRIES_SHOWN = 20

Subscription = Annotated[
    str,
    Field(
        pattern=f"^({'|'.join(GROUPS)})[.]([a-z_]{{1,40}}|[*])$",
        description="A type of event, or all of a group: `ticket.opened`, `ticket.*`.",
        examples=["ticket.*"],
    ),
]
Subscriptions = Annotated[list[Subscription], Field(max_length=50), AfterValidator(each_once)]
Url = Annotated[
    str,
    Line(500),
    Field(description="https on port 443, at a public address.", examples=["https://a.example/hook"]),
]


class NewWebhook(Model):
    """An endpoint. Without `events` it hears only what rules send it."""

    url: Url
    description: Annotated[str, Line(200)] | None = None
    events: Subscriptions = []
    bulk: Annotated[bool, Field(description="Whether it also hears of what imports do.")] = False
    enabled: bool = True


class WebhookPatch(Model):
    """A JSON Merge Patch (RFC 7396). `enabled: true` also forgets why it was disabled."""

    url: Url = ""
    description: Annotated[str, Line(200)] | None = None
    events: Subscriptions = []
    bulk: bool = False
    enabled: bool = True


class Webhook(Stored):
    """`failing_since` is when the first try failed after the last one that did not."""

    id: WebhookId
    version: int
    url: str
    description: str | None = None
    events: list[str] = []
    bulk: bool = False
    enabled: bool = True
    disabled_because: Literal["failing", "gone"] | None = None
    failing_since: Utc | None = None
    rotated_at: Utc | None = None
    created_at: Utc
    updated_at: Utc

    def hears(self, event_type: str, *, bulk: bool) -> bool:
        """Whether it subscribed to events of this type."""
        if not self.enabled or (bulk and not self.bulk) or event_type in INTERNAL:
            return False
        return event_type in self.events or f"{event_type.partition('.')[0]}.*" in self.events


class StoredWebhook(Webhook):
    """With the number of its secret, which follows from it (signing.py) and is stored nowhere."""

    secret_number: int = 1

    def secret_numbers(self, at: datetime) -> list[int]:
        """The numbers of the secrets that sign at this time, the current one first."""
        overlapping = self.rotated_at is not None and at < self.rotated_at + OVERLAP
        return [self.secret_number, *([self.secret_number - 1] if overlapping else [])]

    def rotated(self, at: datetime) -> Self:
        changed = {"secret_number": self.secret_number + 1, "rotated_at": at}
        return self.model_copy(update=changed | {"version": self.version + 1, "updated_at": at})


class WebhookWithSecret(Webhook):
    """The one time that the secret, `whsec_…`, is shown."""

    secret: str


class Try(Stored):
    """One request. `code` is the status it was answered with, if it was answered."""

    at: Utc
    code: int | None = None
    failure: Failure | None = None
    milliseconds: int


class Delivery(Stored):
    """One event for one webhook. `next_try_at` is set while it waits for another try."""

    id: DeliveryId
    version: int
    webhook_id: WebhookId
    event_id: str
    event_type: str
    state: State
    tries: list[Try] = []
    next_try_at: Utc | None = None
    created_at: Utc
    updated_at: Utc


class StoredDelivery(Delivery):
    """With what is sent, and how many tries failed since it was last asked for."""

    payload: str
    failed_tries: int = 0

    def tried(self, one: Try, *, at: datetime) -> Self:
        """The delivery after a try: done, waiting for the next one, or given up."""
        failed = self.failed_tries + 1
        waits = one.failure is not None and one.failure != "disabled" and failed <= len(WAITS)
        state: State = "delivered" if one.failure is None else "pending" if waits else "failed"
        return self.model_copy(
            update={
                "version": self.version + 1,
                "tries": [*self.tries, one][-TRIES_SHOWN:],
                "failed_tries": failed if one.failure else 0,
                "state": state,
                "next_try_at": at + WAITS[failed - 1] if waits else None,
                "updated_at": at,
            }
        )

    def due(self, at: datetime) -> Self:
        """The delivery once its next try is due."""
        return self.model_copy(
            update={"version": self.version + 1, "next_try_at": None, "updated_at": at, "state": "pending"}
        )
