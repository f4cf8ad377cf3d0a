"""Reads the events in a customer's partition; Work.record writes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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

AT_ONCE = 10
"""Calls made at the same time for the timelines of several customers."""


@dataclass(frozen=True)
class Filter:
    """What is asked of a timeline: `kind` is a type or a family of types."""

    kind: str | None = None
    channel: str | None = None

    @property
    def condition(self) -> Any:
        where: Any = None
        if self.kind:
            exact = "." in self.kind
            where = Attr("type").eq(self.kind) if exact else Attr("type").begins_with(f"{self.kind}.")
        if self.channel:
            on_channel = Attr("channel").eq(self.channel)
            where = on_channel if where is None else where & on_channel
        return where


def first(customer_id: str, wanted: Filter, *, limit: int) -> tuple[Item | None, list[Entry], str | None]:
    """The first page of a partition and the profile, if there is one: one call."""
    where = wanted.condition
    if where is not None:
        where = where | Attr("type").not_exists()  # the profile is no event and passes
    query = Query(customers.partition(customer_id), low=PREFIX, high=customers.PROFILE, where=where)
    found = pages.page([query], limit=limit + 1)
    items, after = found.items, found.after
    if items and items[0]["sk"] == customers.PROFILE:
        return items[0], _entries(items[1:]), after
    if len(items) > limit:
        items, after = items[:limit], items[limit - 1]["sk"]
    return None, _entries(items), after


def newest(
    customer_ids: Sequence[str], wanted: Filter, *, limit: int, after: str | None
) -> tuple[list[Entry], str | None]:
    """A page of the events of one or several customers together, newest first: a call each, ten at once."""
    queries = [
        Query.prefixed(customers.partition(one), PREFIX, where=wanted.condition) for one in customer_ids
    ]
    found = pages.page(queries, limit=limit, after=after, at_once=min(AT_ONCE, len(queries)))
    return _entries(found.items), found.after


def _entries(items: Sequence[Item]) -> list[Entry]:
    return [entry(item) for item in items]


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
