"""What can be done with a timeline: read it, and log an interaction on it."""

from __future__ import annotations

from chalicelib.customers import service as customers
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.table import Item
from chalicelib.kernel.work import Work
from chalicelib.timeline import store
from chalicelib.timeline.events import InteractionLogged
from chalicelib.timeline.model import Entry, NewInteraction


def log(work: Work, customer_id: str, new: NewInteraction) -> Entry:
    """Log an interaction. Fails with NotFound for an unknown customer; Invalid for a future time."""
    if new.occurred_at is not None and new.occurred_at > work.now:
        raise Invalid.in_body("occurred_at", "lies in the future", "in_future")
    customers.require(work, customer_id)
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
    """A page of a timeline, newest first. Raises NotFound for a customer of whom there is nothing."""
    entries, position = store.newest(customer_id, kind=kind, channel=channel, limit=limit, after=after)
    if not entries and after is None and position is None:
        customers.get(customer_id)
    return entries, position


def entry(item: Item) -> Entry:
    """The entry in an event's item, for those who read several things in one call."""
    return store.entry(item)
