"""The engine under the table: moto, or DynamoDB Local, AWS's own, whose URL is in RAPPORT_TEST_DYNAMODB.

`make test-dynamodb-local` runs tests that way. The table and its stream are then DynamoDB Local's, all else
stays moto's; each cloud has a table of its own name, which goes with it.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from infra.build import resources

URL = "RAPPORT_TEST_DYNAMODB"
_numbers = itertools.count(1)


def make_table(name: str, **more: Any) -> None:
    """The table of the deployed template, by this name."""
    (table,) = resources("AWS::DynamoDB::Table").values()
    names = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    properties: Any = {name: table["Properties"][name] for name in names}
    boto3.client("dynamodb").create_table(TableName=name, **properties, **more)


def point_to_it(patch: pytest.MonkeyPatch) -> None:
    """Have clients that are made from now on find the table on DynamoDB Local, if that is wanted."""
    if URL in os.environ:
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", os.environ[URL])
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB_STREAMS", os.environ[URL])


@contextmanager
def own_table() -> Iterator[dict[str, str]]:
    """The table's name by its logical id, where it is not moto's; it is deleted at the end."""
    if URL not in os.environ:
        yield {}
        return
    name = f"rapport-test-{os.getpid()}-{next(_numbers)}"
    make_table(name, StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
    try:
        yield {"Table": name}
    finally:
        boto3.client("dynamodb").delete_table(TableName=name)
