"""Lists of customers, over the shards of their indexes: by creation, stage and update; one shard alone."""

from __future__ import annotations

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.customers.keys import partition
from chalicelib.customers.model import Customer, Stage
from chalicelib.customers.store import SHARDS, customer_of
from chalicelib.kernel import pages
from chalicelib.kernel.pages import ALL, Bounds, Query, Slice


def newest(
    stage: Stage | None,
    *,
    limit: int,
    after: str | None,
    ids: Bounds = ALL,
    where: ConditionBase | None = None,
) -> Slice:
    """A page of customers, newest first, of one stage or all: one call a shard."""
    index = "gsi3" if stage else "gsi1"
    prefix = f"CUS#STAGE#{stage}" if stage else "CUS"
    low, high = ids
    queries = [
        Query(f"{prefix}#{shard}", index=index, low=low, high=high, where=where) for shard in range(SHARDS)
    ]
    return pages.page(queries, limit=limit, after=after)


def by_update(times: Bounds, *, limit: int, after: str | None, where: ConditionBase | None = None) -> Slice:
    """A page of customers in the order of their last change, oldest first: one call a shard."""
    low, high = times
    queries = [
        Query(f"CUS#UPDATED#{shard}", index="gsi2", ascending=True, low=low, high=high, where=where)
        for shard in range(SHARDS)
    ]
    return pages.page(queries, limit=limit, after=after)


def has_contacts(customer_id: str) -> bool:
    """Whether anything was recorded but changes of the profile, and consent as imports say it: one call."""
    imported = Attr("type").begins_with("consent.") & Attr("bulk").eq(True)
    others = ~(Attr("type").begins_with("customer.") | imported)
    return bool(pages.page([Query.prefixed(partition(customer_id), "EVT#", where=others)], limit=1).items)


def customers_of(found: Slice) -> list[Customer]:
    """The customers of a page."""
    return [customer_of(item) for item in found.items]


def part(
    shard: int, stage: Stage | None, *, first: str, last: str, limit: int, after: str | None
) -> tuple[list[Customer], str | None]:
    """A page of one shard of the list, newest first, with ids from `first` to `last`: one call.

    For those who read everybody: each item once, where a page of all shards would read it up to four times.
    """
    index, name = ("gsi3", f"CUS#STAGE#{stage}#{shard}") if stage else ("gsi1", f"CUS#{shard}")
    found = pages.page([Query(name, index=index, low=first, high=last)], limit=limit, after=after)
    return customers_of(found), found.after
