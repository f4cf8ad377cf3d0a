"""Write units of each transaction, computed from the sizes of its items before and after it.

DynamoDB Local reports the same for any transaction, so this is computed. None of it depends on how many
customers there are: it is about the written items alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from bench import requests, workers
from bench.report import Line, alone, progress
from bench.scene import quiet, set_up
from bench.sizes import size_of, write_units
from chalicelib.kernel import aws
from tests.memory import in_memory, plain_environment

TITLE = "Transactions: the largest item, and write units computed from item sizes"
LARGEST = 32 * 1024
"""Bytes that an item may have."""


def measure() -> Iterator[Line]:
    progress("transactions: the cloud in memory")
    with pytest.MonkeyPatch.context() as patch:
        plain_environment(patch)
        quiet(patch)
        with in_memory(patch) as cloud:
            scene = set_up(cloud)
            for what, _, act in (*workers.ACTS, *requests.ACTS):
                perform = act(scene)
                with written() as transactions:
                    perform()
                if transactions:
                    yield line(what, [pair for one in transactions for pair in one])


Pair = tuple[Any, Any]
"""An item before and after, as it is on the wire."""


def line(what: str, pairs: list[Pair]) -> Line:
    """What an act's transactions take; a check of an item is counted as a write of it."""
    table, indexes = (sum(part) for part in zip(*(write_units(*pair) for pair in pairs), strict=True))
    largest = max(size_of(item) for pair in pairs for item in pair if item)
    units = f"{table + indexes} units ({table} table, {indexes} indexes), {len(pairs)} items"
    figure = f"largest {largest} B; {units}"
    return Line(what, "≤ 32 KB", figure, largest <= LARGEST)


@contextmanager
def written() -> Iterator[list[list[Pair]]]:
    """Collects the transactions: of each its items, before and after."""
    transactions: list[list[Pair]] = []
    before: list[Any] = []
    keys: list[Any] = []

    def look(params: Any, **_: Any) -> None:
        keys[:] = [_key(next(iter(action.values()))) for action in params["TransactItems"]]
        before[:] = [_item(key) for key in keys]

    def note(parsed: Any, **_: Any) -> None:
        if "Error" not in parsed:
            transactions.append([(old, _item(key)) for old, key in zip(before, keys, strict=True)])

    hooks: dict[str, Any] = {"provide-client-params": look, "after-call": note}
    events = aws.dynamodb().meta.events
    for name, hook in hooks.items():
        events.register(f"{name}.dynamodb.TransactWriteItems", hook)
    try:
        yield transactions
    finally:
        for name, hook in hooks.items():
            events.unregister(f"{name}.dynamodb.TransactWriteItems", hook)


def _key(action: Any) -> Any:
    whole = action.get("Item") or action["Key"]
    return {name: whole[name] for name in ("pk", "sk")}


def _item(key: Any) -> Any:
    """An item as it is now, read beside the counted client."""
    from chalicelib.kernel.config import settings

    return boto3.client("dynamodb").get_item(TableName=settings().table, Key=key).get("Item")


if __name__ == "__main__":
    sys.exit(alone(TITLE, measure))
