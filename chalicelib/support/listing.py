"""Lists of tickets: each filter has its list, divided by status; several read the shortest, probably."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.customers import service as customers
from chalicelib.kernel import pages
from chalicelib.kernel.pages import Query
from chalicelib.support import store
from chalicelib.support.filters import Filters, Sort
from chalicelib.support.model import StoredTicket, Ticket
from chalicelib.support.service import shown
from chalicelib.support.states import STATUSES


def listed(
    filters: Filters, *, sort: Sort = "created_at", limit: int, after: str | None
) -> tuple[list[Ticket], str | None]:
    """A page of tickets: newest first by creation, or oldest change first by update.

    A customer's are those of who was merged into them, too. A call a partition, and one more for the tickets
    themselves where the list has but their ids. With more filters than the list is made for, 1,000 entries
    at most are read, and the page may be short.
    """
    group = customers.group_of(filters.customer_id) if filters.customer_id else []
    if sort == "updated_at":
        where = filters.condition(without=None, customer_ids=group)
        partitions = [f"TKT#UPDATED#{shard}" for shard in range(store.SHARDS)]
        queries = [Query(one, index="gsi1", ascending=True, where=where) for one in partitions]
    else:
        queries = _by_creation(filters, group)
    found = pages.page(queries, limit=limit, after=after)
    tickets = store.tickets_of(found.items)
    return [shown(one) for one in tickets if filters.match(one, group)], found.after


def _by_creation(filters: Filters, group: Sequence[str]) -> list[Query]:
    if group:
        where = filters.condition(without="customer_id", customer_ids=())
        return [store.of_customer(one, where=where) for one in group]
    name, index, value = _narrowest(filters)
    statuses = [filters.status] if filters.status else list(STATUSES)
    if name is None:
        return [Query(f"TKT#STATUS#{one}", index="gsi1") for one in statuses]
    where = None if name == "tag" else filters.condition(without=name, customer_ids=())
    partitions = [store.listed_under(name.upper(), value, one) for one in statuses]
    return [Query(one, index=index, where=where) for one in partitions]


def _narrowest(filters: Filters) -> tuple[str | None, str, str | None]:
    """The filter whose list is read, the index that it is in, and the value asked for."""
    for name, index in (("assignee", "gsi3"), ("team", "gsi2"), ("priority", "gsi3"), ("tag", "gsi1")):
        if value := getattr(filters, name):
            return name, index, value
    return None, "gsi1", None


def of_customers(
    customer_ids: Sequence[str], *, limit: int, after: str | None = None
) -> tuple[list[StoredTicket], str | None]:
    """A page of the tickets of customers who are one person, newest first: a call an id."""
    found = pages.page([store.of_customer(one) for one in customer_ids], limit=limit, after=after)
    return store.tickets_of(found.items), found.after
