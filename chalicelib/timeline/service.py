"""What can be done with a timeline: read it, and log an interaction on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from chalicelib.customers import service as customers
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.table import Item
from chalicelib.kernel.work import Work
from chalicelib.timeline import store
from chalicelib.timeline.events import InteractionLogged
from chalicelib.timeline.model import Actor, Entry, NewInteraction

UNITED = "*"
"""Marks positions in the timeline of several customers who were merged; no sort key begins with it."""


def log(work: Work, customer_id: str, new: NewInteraction) -> Entry:
    """Log an interaction. Fails with NotFound for an unknown customer; Invalid for a future time."""
    if new.occurred_at is not None and new.occurred_at > work.now:
        raise Invalid.in_body("occurred_at", "lies in the future", "in_future")
    customers.require(work, customer_id)
    return note(work, customer_id, new)


def note(work: Work, customer_id: str, new: NewInteraction) -> Entry:
    """Log an interaction with a customer whom the Work requires, registers or changes already."""
    event = InteractionLogged(customer_id=customer_id, channel=new.channel, direction=new.direction)
    private = {"summary": new.summary} | ({"outcome": new.outcome} if new.outcome else {})
    item = work.record(
        customers.partition(customer_id),
        event,
        customer_id=customer_id,
        channel=new.channel,
        occurred_at=new.occurred_at,
        private=private,
    )
    return store.entry(item)


def read(
    customer_id: str, *, kind: str | None, channel: str | None, limit: int, after: str | None
) -> tuple[list[Entry], str | None]:
    """A page of a timeline, newest first. Raises NotFound for a customer of whom there is nothing.

    One call. The timeline of customers who were merged is that of all of them: a call to see that, and
    one for each.
    """
    wanted = store.Filter(kind, channel)
    if after is not None:
        group = customers.group_of(customer_id) if after.startswith(UNITED) else [customer_id]
        return _page(group, wanted, limit, after.removeprefix(UNITED), united=after.startswith(UNITED))
    profile, entries, position = store.first(customer_id, wanted, limit=limit)
    if profile and profile.get("merged_into"):
        return _page(customers.group_of(customer_id), wanted, limit, None, united=True)
    if profile and profile.get("merged_ids"):
        return _page([customer_id, *profile["merged_ids"]], wanted, limit, None, united=True)
    if profile is None and not entries and position is None:
        customers.get(customer_id)
    return entries, position


def every(customer_id: str) -> Iterator[Entry]:
    """All entries under exactly this customer's id, oldest first: a call a thousand."""
    return store.every(customer_id)


def oldest(customer_id: str, *, limit: int) -> list[Entry]:
    """The oldest entries, as they are now."""
    return store.oldest(customer_id, limit=limit)


def export_of(customer_id: str) -> Iterator[dict[str, Any]]:
    """The whole timeline, oldest first. Who acted for us is told by their part, not by name."""
    for entry in store.every(customer_id):
        told = entry.model_dump(mode="json", exclude_none=True, exclude={"actor"})
        yield {"kind": "event", **told, "actor": _part(entry.actor)}


def _part(actor: Actor) -> str:
    if actor.staff_id:
        return "staff"
    return "system" if actor.id == "system" else "program"


def remove(work: Work, customer_id: str, entry: Entry) -> None:
    """Remove an entry for good. Fails with Stale when somebody else did."""
    store.remove(work, customer_id, entry)


def entry(item: Item) -> Entry:
    """The entry in an event's item, for those who read several things in one call."""
    return store.entry(item)


def _page(
    group: Sequence[str], wanted: store.Filter, limit: int, after: str | None, *, united: bool
) -> tuple[list[Entry], str | None]:
    """A page of a group's timeline; a position in one that is united says so, since each page asks anew."""
    entries, position = store.newest(group, wanted, limit=limit, after=after)
    return entries, UNITED + position if position and united else position
