"""Pages of items: one partition of the table or of an index, or several merged under one cursor."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from boto3.dynamodb.conditions import ConditionBase, ConditionExpressionBuilder
from boto3.dynamodb.conditions import Key as KeyCondition

from chalicelib.kernel import aws
from chalicelib.kernel.config import settings
from chalicelib.kernel.table import Item, busy_is_unavailable, decode, decode_item, encode_item, is_live

MAX_EVALUATED = 1000
"""Items a filtered page reads at most, of all partitions together; then it may be short, with a cursor."""

LOWEST, HIGHEST = "\x00", "\U0010ffff"
"""Bounds that every sort key lies between."""
Bounds = tuple[str, str]
ALL: Bounds = (LOWEST, HIGHEST)


@dataclass(frozen=True)
class Query:
    """One partition of the table or of an index, in sort-key order, between `low` and `high` inclusive.

    `only` names the attributes that are wanted, the sort key among them; all of them by default.
    `consistent` sees every change that was answered before; only the table itself can be asked so.
    """

    partition: str
    index: str | None = None
    low: str = LOWEST
    high: str = HIGHEST
    ascending: bool = False
    where: ConditionBase | None = None
    only: tuple[str, ...] = ()
    consistent: bool = False

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


def page(queries: Sequence[Query], *, limit: int, after: str | None = None, at_once: int = 1) -> Slice:
    """At most `limit` items of one or several partitions merged by sort key: one call a partition.

    `at_once` is how many of the calls are made at the same time.

    The partitions share direction and index, and their sort keys are unique among them (they end in an
    id), so the last sort key alone says where to go on, whatever is written meanwhile.
    """
    ascending = queries[0].ascending
    evaluated = max(2, MAX_EVALUATED // len(queries))  # of which one may be `after` itself
    parts = _parts(queries, lambda query: evaluated if query.where is not None else limit + 2, after, at_once)
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


def _parts(
    queries: Sequence[Query], limit_of: Callable[[Query], int], after: str | None, at_once: int
) -> list[tuple[list[Item], str | None]]:
    if at_once == 1:
        return [_part(query, limit_of(query), after) for query in queries]
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(at_once) as threads:
        return list(threads.map(lambda query: _part(query, limit_of(query), after), queries))


def _part(query: Query, limit: int, after: str | None) -> tuple[list[Item], str | None]:
    """Of `limit` items of one partition those after `after`, and up to which sort key they are complete.

    None: all. A page asks for two more than it has: one to know whether there is a next page, and one for
    `after` itself, since BETWEEN includes it.
    """
    name = query.sort_key
    low, high = query.low, query.high
    if after is not None:
        low, high = (max(low, after), high) if query.ascending else (low, min(high, after))
    if low > high:
        return [], None
    answer = _ask(query, low, high, limit)
    items = [decode_item(raw) for raw in answer["Items"]]
    last = answer.get("LastEvaluatedKey")
    horizon = decode(last[name]) if last else None
    return [item for item in items if item[name] != after and is_live(item)], horizon


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
    if query.only:
        marks = {f"#only{place}": name for place, name in enumerate(query.only)}
        names.update(marks)
        request["ProjectionExpression"] = ", ".join(marks)
    with busy_is_unavailable():
        return aws.dynamodb().query(
            TableName=settings().table,
            KeyConditionExpression=keys.condition_expression,
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=encode_item(values),
            ScanIndexForward=query.ascending,
            Limit=limit,
            ConsistentRead=query.consistent,
            **request,
        )


def every(query: Query) -> Iterator[Item]:
    """All live items of one partition, a call a megabyte; for bounded partitions only."""
    after: str | None = None
    while True:
        items, horizon = _part(query, MAX_EVALUATED, after)
        yield from items
        if horizon is None:
            return
        after = horizon
