"""Pages of one and of several partitions: every item once, in order, whatever is written meanwhile."""

from __future__ import annotations

import uuid

import boto3
import pytest
from boto3.dynamodb.conditions import Attr
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel import aws, pages, table
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Key
from tests.cloud import Cloud
from tests.faults import answering
from tests.kernel.items import ON_MOTO, item_of, put

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
        put(item_of(f"{run}{shard}", sort_key, live=live, matching=matching))
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
        put(item_of(f"{run}{int(name) % 2}", name))
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
            put(item_of(*key))
            there.add(name)
    assert len(seen) == len(set(seen)), "none twice"
    assert stayed <= set(seen)
    assert seen == sorted(seen, reverse=not ascending)


def test_a_prefix_takes_what_begins_with_it_and_nothing_else(cloud: Cloud) -> None:
    for sort_key in ("EVT", "EVT#", "EVT#1", "EVT#\U0010fffd", "EVT$", "EVS#1", "EVT\U0010ffff"):
        put(item_of("P", sort_key))
    found = pages.page([Query.prefixed("P", "EVT#", ascending=True)], limit=10)
    assert [item["sk"] for item in found.items] == ["EVT#", "EVT#1", "EVT#\U0010fffd"]
    assert found.after is None


def test_a_page_after_the_end_is_empty_and_asks_nothing(cloud: Cloud) -> None:
    with answering(aws.dynamodb(), "Query") as calls:
        found = pages.page([Query("P", low="b", high="c", ascending=True)], limit=5, after="d")
    assert (found.items, found.after, calls) == ([], None, [])


def test_every_reads_a_partition_to_its_end(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MAX_EVALUATED", 4)
    for number in range(11):
        put(item_of("P", f"{number:02d}"))
    assert [item["sk"] for item in pages.every(Query("P", ascending=True))] == [f"{n:02d}" for n in range(11)]


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
