"""Lists: one filter reads its own index, several read the one that is probably the shortest."""

from __future__ import annotations

from typing import Literal

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.customers import service as customers
from chalicelib.customers.model import Customer
from chalicelib.directory import store
from chalicelib.directory.model import Filters, Found
from chalicelib.kernel.pages import ALL

Order = Literal["created_at", "updated_at"]


def listed(filters: Filters, order: Order, *, limit: int, after: str | None) -> Found:
    """A page of customers: newest first by creation, or oldest change first by update.

    A query a shard, and a call for the customers themselves when the index has but their ids. With more
    filters than the index is made for, 1,000 entries at most are read, and the page may be short.
    """
    if order == "updated_at":
        where = _profile(filters, ids=filters.ids != ALL)
        found, position = customers.by_update(filters.times, limit=limit, after=after, where=where)
        return Found(_matching(found, filters), position)
    first, *others = filters.facets or [""]
    if first and not first.startswith("stage#"):
        listed, position = store.places(first, facets=others, ids=filters.ids, limit=limit, after=after)
        known = customers.get_many(listed)
        return Found(_matching([known[one] for one in listed if one in known], filters), position)
    where = _updated(filters) if filters.of_updates else None
    found, position = customers.newest(filters.stage, limit=limit, after=after, ids=filters.ids, where=where)
    return Found(_matching(found, filters), position)


def _matching(found: list[Customer], filters: Filters) -> list[Customer]:
    """Those who still match, since an index lags."""
    return [customer for customer in found if filters.match(customer)]


def _updated(filters: Filters) -> ConditionBase:
    low, high = filters.times
    return Attr("updated_at").between(low, high)


def _profile(filters: Filters, *, ids: bool) -> ConditionBase | None:
    """The filters as a condition on the profile."""
    named = {"stage": filters.stage, "owner": filters.owner, "organisation_id": filters.organisation_id}
    conditions: list[ConditionBase] = [
        Attr(name).eq(value) for name, value in named.items() if value is not None
    ]
    if filters.tag is not None:
        conditions.append(Attr("tags").contains(filters.tag))
    if filters.field is not None:
        conditions.append(Attr(f"custom.{filters.field.name}").eq(filters.field.value))
    if ids:
        conditions.append(Attr("id").between(*filters.ids))
    return store.all_of(conditions)
