"""The one table: items and their encoding, reads and pages, and DynamoDB's errors turned into ours.

An item is a plain dict of str, int, float, bool, None, list and dict (and bytes). `pk` and `sk` are its
key; `gsi1pk`/`gsi1sk` to `gsi3…` place it in the overloaded indexes; `expires_at` (epoch seconds) ends it,
at once for readers, later for DynamoDB's TTL.
"""

from __future__ import annotations

import heapq
import random
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from boto3.dynamodb.conditions import ConditionBase, ConditionExpressionBuilder
from boto3.dynamodb.conditions import Key as KeyCondition
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from chalicelib.kernel import aws
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Unavailable

Item = dict[str, Any]

MAX_EVALUATED = 1000
"""Items a filtered page reads at most; then it may be short, with a cursor."""

_BUSY = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "ThrottlingException",
        "TransactionInProgressException",
        "LimitExceededException",
    }
)
"""Codes of the 4xx kind that pass; every 5xx does."""
BATCH_TRIES = 6
"""Calls of one `get_many` at most, while DynamoDB leaves keys for later."""

LOWEST, HIGHEST = "\x00", "\U0010ffff"
"""Bounds that every sort key lies between."""


class Key(NamedTuple):
    pk: str
    sk: str


def key_of(item: Item) -> Key:
    """The key of an item."""
    return Key(item["pk"], item["sk"])


def encode(value: Any) -> Any:
    """A plain value as a DynamoDB attribute value."""
    match value:
        case str():
            return {"S": str(value)}
        case bool():
            return {"BOOL": value}
        case int() | float():
            return {"N": repr(value)}
        case None:
            return {"NULL": True}
        case dict():
            return {"M": {name: encode(inner) for name, inner in value.items()}}
        case list() | tuple():
            return {"L": [encode(inner) for inner in value]}
        case bytes():
            return {"B": value}
    raise TypeError(f"cannot store a {type(value).__name__}")


def decode(attribute: Any) -> Any:
    """The plain value of a DynamoDB attribute value; numbers without a fraction are ints."""
    ((kind, value),) = attribute.items()
    match kind:
        case "S" | "BOOL" | "B":
            return value
        case "N":
            return int(value) if value.lstrip("-").isdecimal() else float(value)
        case "M":
            return decode_item(value)
        case "L":
            return [decode(inner) for inner in value]
        case "NULL":
            return None
    raise TypeError(f"cannot read a {kind}")


def encode_item(item: Item) -> dict[str, Any]:
    """An item as the wire wants it."""
    return {name: encode(value) for name, value in item.items()}


def decode_item(attributes: Any) -> Item:
    """An item from the wire. Most attributes are texts, which need no call each."""
    return {name: value["S"] if "S" in value else decode(value) for name, value in attributes.items()}


@contextmanager
def busy_is_unavailable(service: str = "database") -> Iterator[None]:
    """Turn throttling and outages of DynamoDB, or of SQS, into Unavailable; let other errors through."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if error.response["Error"]["Code"] in _BUSY or status >= 500:
            raise Unavailable(f"The {service} is busy; try again.") from error
        raise
    except (HTTPClientError, ConnectionError) as error:
        raise Unavailable(f"The {service} did not answer in time; try again.") from error


def _is_live(item: Item) -> bool:
    return "expires_at" not in item or item["expires_at"] > time.time()


def get(key: Key) -> Item | None:
    """The item with this key, strongly consistent: one call."""
    with busy_is_unavailable():
        answer = aws.dynamodb().get_item(
            TableName=settings().table, Key=encode_item(key._asdict()), ConsistentRead=True
        )
    if "Item" not in answer:
        return None
    item = decode_item(answer["Item"])
    return item if _is_live(item) else None


def get_many(keys: Iterable[Key]) -> dict[Key, Item]:
    """The items of up to 100 keys, strongly consistent: one call unless DynamoDB leaves some for later."""
    wanted = list(dict.fromkeys(keys))
    found: dict[Key, Item] = {}
    pending: Any = [encode_item(key._asdict()) for key in wanted]
    table = settings().table
    tries = 0
    while pending:
        if tries == BATCH_TRIES:
            raise Unavailable("The database is busy; try again.")
        if tries:
            time.sleep(random.uniform(0, 0.05 * 2**tries))  # noqa: S311 - jitter, not a secret
        tries += 1
        with busy_is_unavailable():
            answer: Any = aws.dynamodb().batch_get_item(
                RequestItems={table: {"Keys": pending, "ConsistentRead": True}}
            )
        items = [decode_item(raw) for raw in answer["Responses"].get(table, [])]
        found.update({key_of(item): item for item in items if _is_live(item)})
        pending = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
    return found


@dataclass(frozen=True)
class Query:
    """One partition of the table or of an index, in sort-key order, between `low` and `high` inclusive."""

    partition: str
    index: str | None = None
    low: str = LOWEST
    high: str = HIGHEST
    ascending: bool = False
    where: ConditionBase | None = None

    @property
    def sort_key(self) -> str:
        return f"{self.index}sk" if self.index else "sk"

    @staticmethod
    def prefixed(partition: str, prefix: str, **rest: Any) -> Query:
        """All sort keys that begin with `prefix`."""
        return Query(partition, low=prefix, high=prefix + HIGHEST, **rest)


@dataclass(frozen=True)
class Slice:
    """Items in order, and the sort key after which the next slice begins (None at the end)."""

    items: list[Item]
    after: str | None


def page(queries: Sequence[Query], *, limit: int, after: str | None = None) -> Slice:
    """At most `limit` items of one or several partitions merged by sort key: one call a partition.

    The partitions share direction and index, and their sort keys are unique among them (they end in an
    id), so the last sort key alone says where to go on, whatever is written meanwhile.
    """
    ascending = queries[0].ascending
    parts = [_part(query, limit, after) for query in queries]
    horizons = [horizon for _, horizon in parts if horizon is not None]
    horizon = (min if ascending else max)(horizons, default=None)
    name = queries[0].sort_key
    merged = list(
        heapq.merge(*(items for items, _ in parts), key=lambda item: item[name], reverse=not ascending)
    )
    if horizon is not None:
        merged = [item for item in merged if (item[name] <= horizon if ascending else item[name] >= horizon)]
    if len(merged) > limit:
        return Slice(merged[:limit], merged[limit - 1][name])
    return Slice(merged, horizon)


def _part(query: Query, limit: int, after: str | None) -> tuple[list[Item], str | None]:
    """The items of one partition after `after`, and up to which sort key they are complete (None: all)."""
    name = query.sort_key
    low, high = query.low, query.high
    if after is not None:
        low, high = (max(low, after), high) if query.ascending else (low, min(high, after))
    if low > high:
        return [], None
    # one more to know whether there is a next page, and one for `after` itself, since BETWEEN includes it
    answer = _ask(query, low, high, MAX_EVALUATED if query.where is not None else limit + 2)
    items = [decode_item(raw) for raw in answer["Items"]]
    last = answer.get("LastEvaluatedKey")
    horizon = decode(last[name]) if last else None
    return [item for item in items if item[name] != after and _is_live(item)], horizon


def _ask(query: Query, low: str, high: str, limit: int) -> Any:
    build = ConditionExpressionBuilder()
    partition_key = f"{query.index}pk" if query.index else "pk"
    condition = KeyCondition(partition_key).eq(query.partition) & KeyCondition(query.sort_key).between(
        low, high
    )
    keys = build.build_expression(condition, is_key_condition=True)
    names, values = dict(keys.attribute_name_placeholders), dict(keys.attribute_value_placeholders)
    request: dict[str, Any] = {}
    if query.index:
        request["IndexName"] = query.index
    if query.where is not None:
        where = build.build_expression(query.where)
        names.update(where.attribute_name_placeholders)
        values.update(where.attribute_value_placeholders)
        request["FilterExpression"] = where.condition_expression
    with busy_is_unavailable():
        return aws.dynamodb().query(
            TableName=settings().table,
            KeyConditionExpression=keys.condition_expression,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=encode_item(values),
            ScanIndexForward=query.ascending,
            Limit=limit,
            **request,
        )


def every(query: Query) -> Iterator[Item]:
    """All live items of one partition, a call a megabyte; for bounded partitions only."""
    after: str | None = None
    while True:
        items, horizon = _part(query, MAX_EVALUATED - 2, after)
        yield from items
        if horizon is None:
            return
        after = horizon
