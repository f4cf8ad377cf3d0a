"""The index's items: a posting for each term, a place for each list, and a note of what is there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce

from boto3.dynamodb.conditions import And, Attr, ConditionBase

from chalicelib.customers import service as customers
from chalicelib.customers.model import Customer
from chalicelib.directory.entries import lists_of
from chalicelib.kernel import pages, table
from chalicelib.kernel.pages import ALL, HIGHEST, Bounds, Query, Slice
from chalicelib.kernel.postings import Entries, Held, Index, posting_key, shelf
from chalicelib.kernel.table import Item, Key

SHARDS = 4
"""Partitions of each list but an organisation's, whose members are few."""
TERMS = "TERM"
"""The index's name in the partitions of its postings."""


def note_key(customer_id: str) -> Key:
    """Where the note of a customer's entries lies: among their own items."""
    return Key(customers.partition(customer_id), "TERMS")


def read(customer_ids: Iterable[str]) -> dict[str, tuple[Customer | None, Held]]:
    """Customers as they are, with what the index has of them: one call, for 50 at most."""
    ids = list(customer_ids)
    found = table.get_many(key for each in ids for key in (customers.profile_key(each), note_key(each)))
    return {
        each: (_customer(found.get(customers.profile_key(each))), Held.of(found.get(note_key(each))))
        for each in ids
    }


def _customer(item: Item | None) -> Customer | None:
    return customers.of_item(item) if item else None


def items(customer_id: str, entries: Entries) -> list[Item]:
    """The entries of a customer as they are to be in the table."""
    known_by = f" {' '.join(entries.terms)} "
    postings = [
        {
            **posting_key(TERMS, term, customer_id)._asdict(),
            "customer_id": customer_id,
            "terms": known_by,
            "facets": entries.facets,
        }
        for term in entries.terms
    ]
    places = [
        {**_place_key(facet, customer_id)._asdict(), "facets": entries.facets} for facet in lists_of(entries)
    ]
    return postings + places


INDEX = Index(note_key, items)


def _place_key(facet: str, customer_id: str) -> Key:
    shards = _partitions(facet)
    return Key(shards[ord(customer_id[-1]) % len(shards)], customer_id)


def _partitions(facet: str) -> list[str]:
    count = 1 if facet.startswith("organisation#") else SHARDS
    return [f"LIST#{facet}#{shard}" for shard in range(count)]


def postings(
    beginning: str,
    *,
    also: Iterable[str] = (),
    facets: Iterable[str] = (),
    ids: Bounds = ALL,
    limit: int,
    after: str | None,
    until: str | None,
) -> Slice:
    """Postings whose term begins so, of customers with these facets and with terms that begin like `also`.

    One call, for 1,000 evaluated postings at most; in the order of the terms, of each the newest first.
    """
    conditions: list[ConditionBase] = [Attr("terms").contains(f" {word}") for word in also]
    conditions += [Attr("facets").contains(facet) for facet in facets]
    if ids != ALL:
        conditions.append(Attr("customer_id").between(*ids))
    query = Query(
        shelf(TERMS, beginning),
        low=beginning,
        high=until or beginning + HIGHEST,
        ascending=True,
        where=all_of(conditions),
        only=("sk", "customer_id", "terms"),
    )
    return pages.page([query], limit=limit, after=after)


def places(
    facet: str, *, facets: Iterable[str], ids: Bounds, limit: int, after: str | None
) -> tuple[list[str], str | None]:
    """The ids of a list, newest first, of customers with these facets too: one call a shard."""
    where = all_of([Attr("facets").contains(other) for other in facets])
    low, high = ids
    queries = [
        Query(partition, low=low, high=high, where=where, only=("sk",)) for partition in _partitions(facet)
    ]
    found = pages.page(queries, limit=limit, after=after)
    return [item["sk"] for item in found.items], found.after


def all_of(conditions: Sequence[ConditionBase]) -> ConditionBase | None:
    """One condition of several; none of none."""
    return reduce(And, conditions) if conditions else None
