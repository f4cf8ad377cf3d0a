"""Reads the events in a customer's partition; Work.record writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.customers import service as customers
from chalicelib.kernel import pages
from chalicelib.kernel.events import PREFIX
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item
from chalicelib.timeline.model import Entry

AT_ONCE = 10
"""Calls made at the same time for the timelines of several customers."""


def newest(
    customer_id: str, *, kind: str | None, channel: str | None, limit: int, after: str | None
) -> tuple[list[Entry], str | None]:
    """A page of a customer's timeline, newest first: one call. `kind` is a type or a family of types."""
    query = Query.prefixed(customers.partition(customer_id), PREFIX, where=_matching(kind, channel))
    found = pages.page([query], limit=limit, after=after)
    return [entry(item) for item in found.items], found.after


def newest_of(
    customer_ids: Sequence[str], *, kind: str | None, channel: str | None, limit: int, after: str | None
) -> tuple[list[Entry], str | None]:
    """A page of several customers' timelines as one, newest first: one call each, ten at a time."""
    where = _matching(kind, channel)
    queries = [Query.prefixed(customers.partition(one), PREFIX, where=where) for one in customer_ids]
    found = pages.page(queries, limit=limit, after=after, at_once=AT_ONCE)
    return [entry(item) for item in found.items], found.after


def _matching(kind: str | None, channel: str | None) -> Any:
    """The filter by a type, or a family of types, and by channel."""
    where: Any = None
    if kind:
        where = Attr("type").eq(kind) if "." in kind else Attr("type").begins_with(f"{kind}.")
    if channel:
        on_channel = Attr("channel").eq(channel)
        where = on_channel if where is None else where & on_channel
    return where


def entry(item: Item) -> Entry:
    """An event's item as people see it."""
    details = dict(item.get("private") or {})
    summary = details.pop("summary", None) or details.get("subject")
    return Entry.model_validate({**item, "summary": summary, "details": details}, strict=False)
