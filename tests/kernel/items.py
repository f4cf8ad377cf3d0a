"""Items that tests of the table and of its pages put there."""

from __future__ import annotations

import os
import time

from hypothesis import HealthCheck, settings

from chalicelib.kernel import aws, table
from chalicelib.kernel.table import Item

ON_MOTO = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def item_of(partition: str, sort_key: str, *, live: bool = True, matching: bool = True) -> Item:
    item: Item = {
        "pk": partition,
        "sk": sort_key,
        "gsi1pk": partition,
        "gsi1sk": sort_key,
        "matching": matching,
    }
    return item if live else {**item, "expires_at": int(time.time()) - 1}


def put(item: Item) -> None:
    aws.dynamodb().put_item(TableName=os.environ["RAPPORT_TABLE"], Item=table.encode_item(item))
