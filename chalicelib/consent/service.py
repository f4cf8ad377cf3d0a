"""What consent tells: whether we may, what a customer said, what is kept. How it changes: statements.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from chalicelib.consent import store
from chalicelib.consent.model import (
    SERVICE,
    Channel,
    Consents,
    Effective,
    Permission,
    effective,
)
from chalicelib.consent.permission import Question
from chalicelib.consent.statements import unknown_topic
from chalicelib.customers import service as customers
from chalicelib.kernel import ids
from chalicelib.kernel.table import Item, key_of
from chalicelib.kernel.work import Work
from chalicelib.timeline import service as timeline
from chalicelib.timeline.model import Entry

ERASED_AT_ONCE = 80
"""Items that one transaction deletes at most."""


def require_topic(work: Work, topic: str) -> None:
    """Commit only if the topic can be written about; else Invalid names the field."""
    if topic != SERVICE:
        store.require_topic(work, topic, unknown_topic())


def allowed(customer_ids: str | Sequence[str], channel: Channel, topic: str) -> bool:
    """Whether a customer, or a group of merged ones (customers.group_of), allows it: one call."""
    group = [customer_ids] if isinstance(customer_ids, str) else customer_ids
    return Question(None, channel, topic).answer_for(group, ids.now())


def permission(customer_id: str, channel: Channel, topic: str) -> Permission:
    """Whether a customer allows it: two calls. Raises NotFound."""
    customer = customers.get(customer_id)
    may = allowed([customer.id, *customer.merged_ids], channel, topic)
    return Permission(customer_id=customer.id, channel=channel, topic=topic, allowed=may)


def of_customer(customer_id: str) -> Consents:
    """Everything a customer said, and what it comes to: two calls, and one more for each merged id.

    Raises NotFound for a customer of whom there is nothing.
    """
    group = customers.group_of(customer_id)
    statements = store.consents_of(group)
    if not statements:
        customers.get(customer_id)
    return Consents(
        customer_id=group[0],
        statements=[one.shown for one in statements],
        effective=effective(statements, ids.now()),
    )


def come_to(items: Iterable[Item]) -> list[Effective]:
    """What statements come to, of their items, for those who read several things in one call."""
    return effective(map(store.consent_of, items), ids.now())


def history(customer_id: str, *, limit: int, after: str | None) -> tuple[list[Entry], str | None]:
    """A page of what was said and when, newest first. Raises NotFound."""
    return timeline.read(customer_id, kind="consent", channel=None, limit=limit, after=after)


def export_of(customer_id: str) -> Iterator[dict[str, Any]]:
    """What is kept of a customer here; statements of those merged with them are under their own ids."""
    for one in store.consents_of([customer_id]):
        yield {"kind": "consent", **one.model_dump(mode="json", exclude={"asked_at_hash"})}
    preferences = store.get_preferences(customer_id)
    if preferences is not None:
        yield {"kind": "preferences", **preferences.model_dump(mode="json")}


def erase(work: Work, customer_id: str) -> dict[str, int]:
    """Delete some of what is kept of a customer here; how many, none when there are none left."""
    items = store.kept(customer_id, limit=ERASED_AT_ONCE)
    for item in items:
        work.delete(key_of(item))
    return {"consents": len(items)} if items else {}
