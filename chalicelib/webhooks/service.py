"""What can be done with webhooks; delivering.py hands them what happened."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.kernel import ids, patches
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.events import changes
from chalicelib.kernel.kept import Kept
from chalicelib.kernel.work import Work
from chalicelib.webhooks import signing, store, targets
from chalicelib.webhooks.events import WebhookChanged
from chalicelib.webhooks.model import (
    MOST,
    NewWebhook,
    StoredWebhook,
    Webhook,
    WebhookPatch,
    WebhookWithSecret,
)

_all: Kept[list[StoredWebhook]] = Kept(store.every, fresh=3.0)
"""For seconds only, since who subscribes would miss for ever what happens until then."""


def current(named: Iterable[str] = ()) -> list[StoredWebhook]:
    """All webhooks, as they were three seconds ago at most: no call while they are kept, else one.

    They are read anew when one that is named is not among them: a rule may be faster than three seconds.
    """
    found = _all.current()
    if set(named) - {one.id for one in found}:
        _all.forget()
        found = _all.current()
    return found


def add(work: Work, new: NewWebhook) -> WebhookWithSecret:
    """Add a webhook. Raises Invalid for a URL it may not have, Conflict `too_many_webhooks`."""
    targets.check(new.url)
    if len(store.every()) >= MOST:
        raise Conflict(f"There are {MOST} webhooks at most.", code="too_many_webhooks")
    webhook = StoredWebhook(
        id=ids.new_id("whk", work.now),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        **new.model_dump(),
    )
    store.add(work, webhook)
    _record(work, webhook.id, ["created"])
    return _with_secret(webhook)


def _record(work: Work, webhook_id: str, changed: list[str]) -> None:
    event = WebhookChanged(webhook_id=webhook_id, changed=changed)
    work.record(store.events_partition(webhook_id), event)


def _with_secret(webhook: StoredWebhook) -> WebhookWithSecret:
    secret = signing.secret(webhook.id, webhook.secret_number)
    return WebhookWithSecret(secret=secret, **shown(webhook).model_dump())


def shown(webhook: StoredWebhook) -> Webhook:
    """The webhook without the number of its secret."""
    return Webhook.model_validate(webhook.model_dump(include=set(Webhook.model_fields)))


def get(webhook_id: str) -> Webhook:
    """Raises NotFound."""
    return shown(store.get(webhook_id))


def every() -> list[Webhook]:
    """All webhooks, oldest first."""
    return [shown(webhook) for webhook in store.every()]


def require(work: Work, webhook_id: str, field: str) -> None:
    """Commit only if the webhook exists; else Invalid names the field."""
    store.require(work, webhook_id, field)


def change(work: Work, webhook_id: str, patch: WebhookPatch) -> Webhook:
    """Apply a merge patch. Raises NotFound, Stale, Invalid for a URL it may not have."""
    before = store.get(webhook_id)
    work.check_version(before.version)
    given = patches.given(patch)
    if given.get("enabled") and not before.enabled:
        given |= {"disabled_because": None, "failing_since": None}
    changed = patches.changed(before, given)
    if not changed:
        return shown(before)
    if "url" in changed:
        targets.check(given["url"])
    after = before.model_copy(update={**given, "version": before.version + 1, "updated_at": work.now})
    store.replace(work, after, version=before.version)
    event = WebhookChanged(webhook_id=webhook_id, changed=changed)
    work.record(store.events_partition(webhook_id), event, private=changes(before, after, changed))
    return shown(after)


def rotate(work: Work, webhook_id: str) -> WebhookWithSecret:
    """Give it another secret; the one before signs beside it for a day. Raises NotFound, Stale."""
    before = store.get(webhook_id)
    work.check_version(before.version)
    after = before.rotated(work.now)
    store.replace(work, after, version=before.version)
    _record(work, webhook_id, ["secret"])
    return _with_secret(after)


def delete(work: Work, webhook_id: str) -> None:
    """Delete a webhook: what waits for it is not sent any more. Raises NotFound, Stale."""
    before = store.get(webhook_id)
    work.check_version(before.version)
    store.remove(work, webhook_id)
    _record(work, webhook_id, ["deleted"])
