"""What can be done with candidates: list them, and dismiss one for good."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from chalicelib.customers import service as customers
from chalicelib.duplicates import store
from chalicelib.duplicates.events import DuplicateDismissed
from chalicelib.duplicates.model import Duplicate, Known, Pair
from chalicelib.kernel import table
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.work import Work

MAX_LISTED = 50
"""Pairs of a page: their customers, two each, are read in one call."""


def likeliest(
    *, customer_id: str | None, min_score: int, limit: int, after: str | None
) -> tuple[list[Duplicate], str | None]:
    """A page of open pairs with who they are, the likeliest first: 5 calls, of one customer 3.

    A page may be short: a pair of somebody who was deleted or merged a moment ago is left out.
    """
    if customer_id is None:
        pairs, position = store.open_pairs(min_score=min_score, limit=limit, after=after)
    else:
        pairs, position = store.pairs_with(
            customer_id, only_open=True, min_score=min_score, limit=limit, after=after
        )
    known = _known(pairs)
    shown = [_shown(pair, known) for pair in pairs]
    return [one for one in shown if len(one.customers) == len(one.customer_ids)], position


def _known(pairs: list[Pair]) -> dict[str, Known]:
    keys = {customers.profile_key(one) for pair in pairs for one in pair.customer_ids}
    found = table.get_many(keys)
    alone = [item for item in found.values() if not item.get("merged_into")]
    return {item["id"]: Known.model_validate(item, strict=False) for item in alone}


def _shown(pair: Pair, known: dict[str, Known]) -> Duplicate:
    who = [known[one].model_dump() for one in pair.customer_ids if one in known]
    return Duplicate.model_validate({**pair.model_dump(), "customers": who})


def dismiss(work: Work, duplicate_id: str) -> Pair:
    """Say that two are not one person; they are not proposed again. Raises NotFound, Stale, Conflict."""
    pair = store.get(duplicate_id)
    if pair is None:
        raise NotFound("There is no such pair, or no longer.", code="no_such_duplicate")
    work.check_version(pair.version)
    if pair.state == "dismissed":
        return pair
    if pair.state == "merged":
        raise Conflict("These two were merged.", code="already_merged")
    update = {"state": "dismissed", "version": pair.version + 1, "updated_at": work.now}
    after = pair.model_copy(update=update)
    store.replace(work, after, version=pair.version)
    first, second = pair.customer_ids
    event = DuplicateDismissed(duplicate_id=pair.id, customer_id=first, other_id=second)
    work.record(customers.partition(first), event, customer_id=first)
    return after


def export_of(customer_id: str) -> Iterator[dict[str, Any]]:
    """The pairs that a customer is in, without who the others are."""
    after: str | None = None
    while True:
        pairs, after = store.pairs_with(customer_id, only_open=False, min_score=0, limit=100, after=after)
        for pair in pairs:
            yield {"kind": "duplicate", **pair.model_dump(mode="json", exclude={"customer_ids"})}
        if after is None:
            return


def erase(work: Work, customer_id: str, *, limit: int = 80) -> int:
    """Delete up to `limit` of what is kept of a customer here; how many. Again until it is 0."""
    pairs, _ = store.pairs_with(customer_id, only_open=False, min_score=0, limit=limit)
    for pair in pairs:
        store.remove(work, pair)
    if pairs:
        return len(pairs)
    placement = store.placement_of(table.get(store.placement_key(customer_id)))
    if placement is None:
        return 0
    store.displace(work, customer_id, placement)
    return len(placement.blocks) + 1
