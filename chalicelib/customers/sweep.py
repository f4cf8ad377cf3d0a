"""Reads everybody, a page at a time, for exports and rebuilds: shard after shard, each customer once."""

from __future__ import annotations

from datetime import datetime

from chalicelib.customers import lists, store
from chalicelib.customers.model import Customer, Stage
from chalicelib.kernel import ids
from chalicelib.kernel.pages import HIGHEST, LOWEST

SHARDS = store.SHARDS


def page(
    position: tuple[int, str | None],
    *,
    stage: Stage | None = None,
    created_from: datetime | None = None,
    created_before: datetime | None = None,
    limit: int = 1000,
) -> tuple[list[Customer], tuple[int, str | None] | None]:
    """The customers after a position (shard, id), newest first within it, and the next position: one call.

    Begin at `(0, None)`; None is the end. Who was merged into another one is left out. Somebody who comes
    or changes meanwhile may be seen or not, nobody twice.
    """
    shard, after = position
    found, following = lists.part(
        shard,
        stage,
        first="cus_" + ids.ulid(created_from, bytes(10)) if created_from else LOWEST,
        last="cus_" + ids.ulid(created_before, bytes(10)) if created_before else HIGHEST,
        limit=limit,
        after=after,
    )
    if following is not None:
        return found, (shard, following)
    return found, (shard + 1, None) if shard + 1 < SHARDS else None
