"""Makes moto's table cheap to write to: its transactions copy the whole table, and the whole stream with it.

A test of a thousand items would spend its time there. Here a copy shares the items, and an update changes a
copy of its item, so that a transaction that fails puts back what there was.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

_update = DynamoDBBackend.update_item


def share_items(patch: pytest.MonkeyPatch) -> None:
    """Let copies of tables share their items."""
    patch.setattr(Table, "__deepcopy__", _copy, raising=False)
    patch.setattr(DynamoDBBackend, "update_item", _update_a_copy)


def _copy(table: Table, memo: dict[int, Any]) -> Table:
    made = copy.copy(table)
    memo[id(table)] = made
    made.items = copy.copy(table.items)
    for partition, items in table.items.items():
        made.items[partition] = dict(items)
    if table.stream_shard:
        made.stream_shard = copy.copy(table.stream_shard)
        made.stream_shard.table = made
        made.stream_shard.items = list(table.stream_shard.items)
    return made


def _update_a_copy(backend: DynamoDBBackend, table_name: str, key: Any, *args: Any, **kwargs: Any) -> Any:
    """Update an item after it was replaced by its copy, which a copy of the table does not have."""
    items = backend.get_table(table_name).items
    partition, place = DynamoType(key["pk"]), DynamoType(key["sk"])
    if partition in items and place in items[partition]:
        items[partition][place] = copy.deepcopy(items[partition][place])
    return _update(backend, table_name, key, *args, **kwargs)
