"""The table: encoding, pages of one and of several partitions, and what a busy database looks like."""

from __future__ import annotations

import os
import time
import uuid
from typing import Any

import boto3
import pytest
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.kernel import aws, pages, table
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from tests.cloud import Cloud
from tests.faults import answering, refusal

ON_MOTO = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
NAMES = TEXT.map(lambda text: f"n{text}")  # DynamoDB takes no empty name
NUMBERS = st.integers(-(10**37), 10**37) | st.floats(-1e100, 1e100).filter(
    lambda number: number == 0 or abs(number) > 1e-100
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT | st.binary(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_encoded_is_decoded(value: Any) -> None:
    assert table.decode(table.encode(value)) == value


@ON_MOTO
@given(value=VALUES)
def test_what_is_stored_is_read(cloud: Cloud, value: Any) -> None:
    _put({"pk": "P", "sk": "S", "value": value})
    item = table.get(Key("P", "S"))
    assert item is not None
    assert _same(item["value"], value), item["value"]


def _same(read: Any, stored: Any) -> bool:
    """Whether it is what was stored; DynamoDB writes out 5e16, which is then read as a whole number."""
    match stored:
        case float():
            return float(read) == stored
        case list():
            return len(read) == len(stored) and all(map(_same, read, stored))
        case dict():
            return read.keys() == stored.keys() and all(_same(read[name], stored[name]) for name in stored)
    return bool(read == stored)


@pytest.mark.parametrize(("number", "kind"), [(3, int), (-3, int), (3.5, float), (True, bool), (1e22, float)])
def test_numbers_keep_their_kind(number: float, kind: type) -> None:
    assert type(table.decode(table.encode(number))) is kind


def test_what_dynamodb_does_not_know_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot store a set"):
        table.encode({"a"})
    with pytest.raises(TypeError, match="cannot read a SS"):
        table.decode({"SS": ["a"]})


SORT_KEYS = st.text(st.sampled_from("ab#\x01\U0010fffe9"), min_size=1, max_size=5)
ITEMS = st.dictionaries(SORT_KEYS, st.tuples(st.integers(0, 2), st.booleans(), st.booleans()), max_size=14)


@ON_MOTO
@given(
    items=ITEMS,
    limit=st.integers(1, 6),
    ascending=st.booleans(),
    index=st.sampled_from([None, "gsi1"]),
    filtered=st.booleans(),
    read_at_most=st.integers(2, 5),
)
def test_pages_hold_every_item_once_in_order(
    cloud: Cloud,
    items: dict[str, tuple[int, bool, bool]],
    limit: int,
    ascending: bool,
    index: str | None,
    filtered: bool,
    read_at_most: int,
) -> None:
    """Items lie in three partitions, some are expired, some do not match the filter."""
    run = uuid.uuid4().hex
    for sort_key, (shard, live, matching) in items.items():
        _put(_item(f"{run}{shard}", sort_key, live=live, matching=matching))
    where = Attr("matching").eq(True) if filtered else None
    queries = [Query(f"{run}{shard}", index=index, ascending=ascending, where=where) for shard in range(3)]
    expected = [key for key, (_, live, matching) in items.items() if live and (matching or not filtered)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "MAX_EVALUATED", read_at_most)
        found = _pages(queries, limit)
    assert [key for page in found for key in page] == sorted(expected, reverse=not ascending)
    assert all(len(page) <= limit for page in found)
    if not filtered and all(live for _, live, _ in items.values()):
        assert all(len(page) == limit for page in found[:-1]), "only the last page is short"


@ON_MOTO
@given(data=st.data(), limit=st.integers(1, 4), ascending=st.booleans())
def test_what_stays_is_seen_once_whatever_is_written_meanwhile(
    cloud: Cloud, data: st.DataObject, limit: int, ascending: bool
) -> None:
    run, names = uuid.uuid4().hex, [f"{number:02d}" for number in range(20)]
    there = {name for name in names if data.draw(st.booleans())}
    for name in there:
        _put(_item(f"{run}{int(name) % 2}", name))
    stayed, seen = set(there), []
    queries = [Query(f"{run}{shard}", ascending=ascending) for shard in range(2)]
    after: str | None = None
    while True:
        found = pages.page(queries, limit=limit, after=after)
        seen += [item["sk"] for item in found.items]
        if found.after is None:
            break
        after = found.after
        name = data.draw(st.sampled_from(names))
        key = Key(f"{run}{int(name) % 2}", name)
        if name in there:
            boto3.client("dynamodb").delete_item(
                TableName=cloud["Table"], Key=table.encode_item(key._asdict())
            )
            there.discard(name)
            stayed.discard(name)
        else:
            _put(_item(*key))
            there.add(name)
    assert len(seen) == len(set(seen)), "none twice"
    assert stayed <= set(seen)
    assert seen == sorted(seen, reverse=not ascending)


def test_a_prefix_takes_what_begins_with_it_and_nothing_else(cloud: Cloud) -> None:
    for sort_key in ("EVT", "EVT#", "EVT#1", "EVT#\U0010fffd", "EVT$", "EVS#1", "EVT\U0010ffff"):
        _put(_item("P", sort_key))
    found = pages.page([Query.prefixed("P", "EVT#", ascending=True)], limit=10)
    assert [item["sk"] for item in found.items] == ["EVT#", "EVT#1", "EVT#\U0010fffd"]
    assert found.after is None


def test_a_page_after_the_end_is_empty_and_asks_nothing(cloud: Cloud) -> None:
    with answering(aws.dynamodb(), "Query") as calls:
        found = pages.page([Query("P", low="b", high="c", ascending=True)], limit=5, after="d")
    assert (found.items, found.after, calls) == ([], None, [])


def test_an_expired_item_is_gone_for_readers(cloud: Cloud) -> None:
    _put(_item("P", "old", live=False))
    _put(_item("P", "new"))
    assert table.get(Key("P", "old")) is None
    assert list(table.get_many([Key("P", "old"), Key("P", "new")])) == [Key("P", "new")]
    assert [item["sk"] for item in pages.every(Query("P"))] == ["new"]


def test_every_reads_a_partition_to_its_end(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MAX_EVALUATED", 4)
    for number in range(11):
        _put(_item("P", f"{number:02d}"))
    assert [item["sk"] for item in pages.every(Query("P", ascending=True))] == [f"{n:02d}" for n in range(11)]


def test_get_many_asks_again_for_what_was_left(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    keys = [Key("P", "a"), Key("P", "b"), Key("P", "none")]
    for key in keys[:2]:
        _put(_item(*key))
    left = _left(cloud, keys)
    with answering(aws.dynamodb(), "BatchGetItem", *[left] * (table.BATCH_TRIES - 1)) as calls:
        found = table.get_many([*keys, keys[0]])
    assert set(found) == set(keys[:2])
    assert len(calls) == table.BATCH_TRIES
    assert len(calls[0]["RequestItems"][cloud["Table"]]["Keys"]) == 3, "each key once"


def test_get_many_gives_up_in_the_end(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    left = _left(cloud, [Key("P", "a")])
    with answering(aws.dynamodb(), "BatchGetItem", *[left] * 99) as calls, pytest.raises(Unavailable):
        table.get_many([Key("P", "a")])
    assert len(calls) == table.BATCH_TRIES


def test_get_many_of_nothing_asks_nothing(cloud: Cloud) -> None:
    with answering(aws.dynamodb(), "BatchGetItem") as calls:
        assert table.get_many([]) == {}
    assert calls == []


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ProvisionedThroughputExceededException", 400),
        ("ThrottlingException", 400),
        ("RequestLimitExceeded", 400),
        ("InternalServerError", 500),
        ("ServiceUnavailable", 503),
        ("503", 503),
    ],
)
def test_a_busy_database_is_unavailable(cloud: Cloud, code: str, status: int) -> None:
    with answering(aws.dynamodb(), "GetItem", refusal(code, status)), pytest.raises(Unavailable):
        table.get(Key("P", "S"))


@pytest.mark.parametrize("error", [EndpointConnectionError, ReadTimeoutError])
def test_a_silent_database_is_unavailable(error: Any) -> None:
    with pytest.raises(Unavailable), table.busy_is_unavailable():
        raise error(endpoint_url="https://dynamodb")


def test_another_error_stays_itself(cloud: Cloud) -> None:
    refused = refusal("AccessDeniedException")
    with answering(aws.dynamodb(), "GetItem", refused), pytest.raises(ClientError, match="AccessDenied"):
        table.get(Key("P", "S"))


def _item(partition: str, sort_key: str, *, live: bool = True, matching: bool = True) -> Item:
    item: Item = {
        "pk": partition,
        "sk": sort_key,
        "gsi1pk": partition,
        "gsi1sk": sort_key,
        "matching": matching,
    }
    return item if live else {**item, "expires_at": int(time.time()) - 1}


def _put(item: Item) -> None:
    aws.dynamodb().put_item(TableName=os.environ["RAPPORT_TABLE"], Item=table.encode_item(item))


def _pages(queries: list[Query], limit: int) -> list[list[str]]:
    read: list[list[str]] = []
    after: str | None = None
    while True:
        found = pages.page(queries, limit=limit, after=after)
        read.append([item["sk"] for item in found.items])
        if found.after is None:
            return read
        assert len(read) < 100, "it goes on for ever"
        after = found.after


def _left(cloud: Cloud, keys: list[Key]) -> Any:
    """An answer of BatchGetItem that leaves all keys for later."""
    wire = [table.encode_item(key._asdict()) for key in keys]
    return {"Responses": {}, "UnprocessedKeys": {cloud["Table"]: {"Keys": wire, "ConsistentRead": True}}}
