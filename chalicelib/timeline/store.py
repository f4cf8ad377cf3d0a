"""Reads the events in a customer's partition; Work.record writes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.customers import service as customers
from chalicelib.kernel import pages
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.events import PREFIX
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.timeline.model import Entry


def newest(
    customer_id: str, *, kind: str | None, channel: str | None, limit: int, after: str | None
) -> tuple[list[Entry], str | None]:
    """A page of a customer's timeline, newest first: one call. `kind` is a type or a family of types."""
    where: Any = None
    if kind:
        where = Attr("type").eq(kind) if "." in kind else Attr("type").begins_with(f"{kind}.")
    if channel:
        on_channel = Attr("channel").eq(channel)
        where = on_channel if where is None else where & on_channel
    query = Query.prefixed(customers.partition(customer_id), PREFIX, where=where)
    found = pages.page([query], limit=limit, after=after)
    return [entry(item) for item in found.items], found.after


def entry(item: Item) -> Entry:
    """An event's item as people see it."""
    details = dict(item.get("private") or {})
    summary = details.pop("summary", None) or details.get("subject")
    return Entry.model_validate({**item, "summary": summary, "details": details}, strict=False)


def every(customer_id: str) -> Iterator[Entry]:
    """All entries under exactly this id, oldest first."""
    query = Query.prefixed(customers.partition(customer_id), PREFIX, ascending=True, consistent=True)
    return (entry(item) for item in pages.every(query))


def oldest(customer_id: str, *, limit: int) -> list[Entry]:
    """The oldest entries, as they are now: one call."""
    query = Query.prefixed(customers.partition(customer_id), PREFIX, ascending=True, consistent=True)
    return [entry(item) for item in pages.page([query], limit=limit).items]


def remove(work: Work, customer_id: str, one: Entry) -> None:
    """Fails with Stale when it is gone already."""
    key = Key(customers.partition(customer_id), PREFIX + one.id.removeprefix("evt_"))
    work.delete(key, when=Attr("pk").exists(), failure=Stale("Somebody else removed the entry."))
