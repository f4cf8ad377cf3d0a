"""The items of candidates: the pairs, the blocks by which they are found, and who is in which block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from boto3.dynamodb.conditions import Attr

from chalicelib.customers import service as customers
from chalicelib.duplicates.model import Pair, Placement, Sketch
from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.pages import HIGHEST, LOWEST, Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work

SHARDS = 4
"""Partitions that the list of open pairs is spread over."""
OTHERS = 50
"""Customers of one block who are read; who shares a block with more of them may be missed there."""

_OVERTAKEN = Stale("Somebody else changed this pair or its customers meanwhile.")


def pair_key(duplicate_id: str) -> Key:
    return Key(f"DUP#{duplicate_id}", "DUP")


def placement_key(customer_id: str) -> Key:
    """Above the summary, so that a view does not read it."""
    return Key(customers.partition(customer_id), "TERMS#DUPLICATES")


def _block_key(block: str, customer_id: str) -> Key:
    return Key(f"BLOCK#{block}", customer_id)


def _customer_list(customer_id: str) -> str:
    return f"DUP#CUS#{customer_id}"


def _pair_item(pair: Pair) -> Item:
    """The pair, with its place in the list of either customer, and in that of all while it is open."""
    place = f"{pair.score:03d}#{pair.id}"
    item = {**pair_key(pair.id)._asdict(), **pair.model_dump(mode="json")}
    for index, customer_id in zip(("gsi2", "gsi3"), pair.customer_ids, strict=True):
        item |= {f"{index}pk": _customer_list(customer_id), f"{index}sk": place}
    if pair.state == "open":
        item |= {"gsi1pk": f"DUP#OPEN#{ord(pair.id[-1]) % SHARDS}", "gsi1sk": place}
    return item


def pair_of(item: Item) -> Pair:
    return Pair.model_validate(item, strict=False)


def add(work: Work, pair: Pair) -> None:
    """Add a pair of two who exist and were not merged. Fails with Stale when that, or the pair, changed."""
    alone = Attr("pk").exists() & Attr("merged_into").not_exists()
    for customer_id in pair.customer_ids:
        work.require(customers.profile_key(customer_id), _OVERTAKEN, when=alone)
    work.put(_pair_item(pair), unless_exists=_OVERTAKEN)


def replace(work: Work, pair: Pair, *, version: int) -> None:
    work.replace(_pair_item(pair), version=version)


def remove(work: Work, pair: Pair) -> None:
    """Fails with Stale when somebody decided about it meanwhile; one that is gone already is just as well."""
    unchanged = Attr("pk").not_exists() | Attr("version").eq(pair.version)
    work.delete(pair_key(pair.id), when=unchanged, failure=_OVERTAKEN)


def get(duplicate_id: str) -> Pair | None:
    """One pair, in one call."""
    item = table.get(pair_key(duplicate_id))
    return pair_of(item) if item else None


def open_pairs(*, min_score: int, limit: int, after: str | None) -> tuple[list[Pair], str | None]:
    """A page of the open pairs, the likeliest first: one call a shard."""
    low = f"{min_score:03d}"
    queries = [Query(f"DUP#OPEN#{shard}", index="gsi1", low=low) for shard in range(SHARDS)]
    found = pages.page(queries, limit=limit, after=after)
    return [pair_of(item) for item in found.items], found.after


def pairs_with(
    customer_id: str, *, only_open: bool, min_score: int, limit: int, after: str | None = None
) -> tuple[list[Pair], str | None]:
    """A page of a customer's pairs, the likeliest first: two calls.

    A pair is in one index with its one customer and in another with the other one, under the same sort key.
    """
    where = Attr("state").eq("open") if only_open else None
    low = f"{min_score:03d}" if min_score else LOWEST
    name = _customer_list(customer_id)
    queries = [Query(name, index=index, low=low, high=HIGHEST, where=where) for index in ("gsi2", "gsi3")]
    found = pages.page(queries, limit=limit, after=after)
    return [pair_of(item) for item in found.items], found.after


def placement_of(item: Item | None) -> Placement | None:
    return Placement.model_validate(item, strict=False) if item else None


def place(work: Work, sketch: Sketch, blocks: Sequence[str], before: Placement | None) -> Placement:
    """Put a customer in their blocks and out of those they were in. Fails with Stale when another one did."""
    left = set(before.blocks) - set(blocks) if before else set()
    for block in sorted(left):
        work.delete(_block_key(block, sketch.id))
    for block in blocks:
        work.overwrite({**_block_key(block, sketch.id)._asdict(), **sketch.model_dump(exclude_none=True)})
    return _put_placement(work, sketch.id, before, Placement(version=0, blocks=list(blocks)))


def mark_compared(work: Work, sketch: Sketch, before: Placement) -> None:
    """Note that this sketch was compared. Fails with Stale when another one was placed meanwhile."""
    compared = before.model_copy(update={"compared": sketch.fingerprint})
    _put_placement(work, sketch.id, before, compared)


def _put_placement(work: Work, customer_id: str, before: Placement | None, after: Placement) -> Placement:
    placed = after.model_copy(update={"version": before.version + 1 if before else 1})
    item = {**placement_key(customer_id)._asdict(), **placed.model_dump(exclude_none=True)}
    if before:
        work.replace(item, version=before.version)
    else:
        work.put(item, unless_exists=_OVERTAKEN)
    return placed


def displace(work: Work, customer_id: str, before: Placement) -> None:
    """Take a customer out of all their blocks. Fails with Stale when another one was placed meanwhile."""
    for block in before.blocks:
        work.delete(_block_key(block, customer_id))
    unchanged = Attr("version").eq(before.version)
    work.delete(placement_key(customer_id), when=unchanged, failure=_OVERTAKEN)


def neighbours(blocks: Iterable[str], customer_id: str) -> dict[str, Sketch]:
    """The others in these blocks by id, the newest 50 of each, consistently: one call a block."""
    found: dict[str, Sketch] = {}
    for block in blocks:
        read = pages.page([Query(f"BLOCK#{block}", consistent=True)], limit=OTHERS)
        found |= {item["id"]: Sketch.model_validate(item, strict=False) for item in read.items}
    found.pop(customer_id, None)
    return found
