"""The index's items: a posting for each term, a place for each list, and a note of what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import reduce

from boto3.dynamodb.conditions import And, Attr, ConditionBase

from chalicelib.customers import service as customers
from chalicelib.customers.model import Customer
from chalicelib.directory.entries import Entries
from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.ids import EPOCH, MILLISECOND
from chalicelib.kernel.pages import ALL, HIGHEST, Bounds, Query, Slice
from chalicelib.kernel.table import Item, Key, key_of
from chalicelib.kernel.work import Work

SHARDS = 4
"""Partitions of each list but an organisation's, whose members are few."""
MAX_WRITES = 90
"""Entries written in one transaction; the note and what else is in the work have to fit too."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_INVERTED = str.maketrans(_ALPHABET, _ALPHABET[::-1])
_LARGE_SCRIPTS = "\u2e80"
"""From here on scripts have thousands of letters, so that one is enough to divide by."""


@dataclass(frozen=True)
class Held:
    """What is in the table of a customer: `version` 0 is nothing; not `whole` while it is being written."""

    entries: Entries = field(default_factory=Entries)
    version: int = 0
    whole: bool = True


def note_key(customer_id: str) -> Key:
    """Where the note of a customer's entries lies: among their own items."""
    return Key(customers.partition(customer_id), "TERMS")


def read(customer_ids: Iterable[str]) -> dict[str, tuple[Customer | None, Held]]:
    """Customers as they are, with what the index has of them: one call, for 50 at most."""
    ids = list(customer_ids)
    found = table.get_many(key for each in ids for key in (customers.profile_key(each), note_key(each)))
    return {
        each: (_customer(found.get(customers.profile_key(each))), _held(found.get(note_key(each))))
        for each in ids
    }


def _customer(item: Item | None) -> Customer | None:
    return customers.of_item(item) if item else None


def _held(item: Item | None) -> Held:
    if item is None:
        return Held()
    return Held(Entries(item["terms"], item["facets"]), item["version"], item["whole"])


def recency(customer_id: str) -> str:
    """A text that sorts the newest customer first."""
    return customer_id.rpartition("_")[2].translate(_INVERTED)


def items(customer_id: str, entries: Entries) -> list[Item]:
    """The entries of a customer as they are to be in the table."""
    known_by = f" {' '.join(entries.terms)} "
    postings = [
        {
            **_posting_key(term, customer_id)._asdict(),
            "customer_id": customer_id,
            "terms": known_by,
            "facets": entries.facets,
        }
        for term in entries.terms
    ]
    places = [
        {**_place_key(facet, customer_id)._asdict(), "facets": entries.facets} for facet in entries.lists
    ]
    return postings + places


def note(customer_id: str, held: Held) -> Item:
    """The note of what the index has of a customer."""
    return {
        **note_key(customer_id)._asdict(),
        "version": held.version,
        "whole": held.whole,
        "terms": held.entries.terms,
        "facets": held.entries.facets,
    }


def _posting_key(term: str, customer_id: str) -> Key:
    # A space sorts before whatever a term may go on with: exact before longer ones, recent before old.
    return Key(_partition(term), f"{term} {recency(customer_id)}")


def _partition(beginning: str) -> str:
    return "TERM#" + beginning[: 1 if beginning >= _LARGE_SCRIPTS else 2]


def _place_key(facet: str, customer_id: str) -> Key:
    shards = _partitions(facet)
    return Key(shards[ord(customer_id[-1]) % len(shards)], customer_id)


def _partitions(facet: str) -> list[str]:
    count = 1 if facet.startswith("organisation#") else SHARDS
    return [f"LIST#{facet}#{shard}" for shard in range(count)]


def plan(
    customer_id: str, held: Held, wanted: Entries, *, anew: bool
) -> Iterator[tuple[list[Item], list[Key]]]:
    """What to put and what to delete, in parts that fit a transaction each. `anew` puts what is there too."""
    put = {key_of(item): item for item in items(customer_id, wanted)}
    there = {key_of(item): item for item in items(customer_id, held.entries)} if held.version else {}
    gone = [key for key in there if key not in put]
    fresh = [item for key, item in put.items() if anew or not held.whole or there.get(key) != item]
    for begin in range(0, len(fresh) + len(gone), MAX_WRITES):
        end = begin + MAX_WRITES
        yield fresh[begin:end], gone[max(0, begin - len(fresh)) : max(0, end - len(fresh))]


def write(
    work: Work, customer_id: str, puts: Sequence[Item], deletes: Iterable[Key], *, before: Held, after: Held
) -> None:
    """Write a part of a plan. Fails with Stale when another writer came between."""
    for item in puts:
        work.overwrite(item)
    for key in deletes:
        work.delete(key)
    stale = Stale("The index entries changed meanwhile.")
    if not after.entries.terms and not after.entries.facets:
        work.delete(note_key(customer_id), when=Attr("version").eq(before.version), failure=stale)
    elif before.version:
        work.replace(note(customer_id, after), version=before.version)
    else:
        work.put(note(customer_id, after), unless_exists=stale)


def next_version(before: Held, work: Work) -> int:
    """A version that no note of this customer had, even one that was deleted: it goes with the time."""
    return max(before.version + 1, (work.now - EPOCH) // MILLISECOND)


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
        _partition(beginning),
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
