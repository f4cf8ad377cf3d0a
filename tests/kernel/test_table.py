"""The table: encoding, reads by key, and what a busy database looks like."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel import aws, pages, table
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Key
from tests.cloud import Cloud
from tests.faults import answering, refusal
from tests.kernel.items import ON_MOTO, item_of, put

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
    put({"pk": "P", "sk": "S", "value": value})
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


def test_an_expired_item_is_gone_for_readers(cloud: Cloud) -> None:
    put(item_of("P", "old", live=False))
    put(item_of("P", "new"))
    assert table.get(Key("P", "old")) is None
    assert list(table.get_many([Key("P", "old"), Key("P", "new")])) == [Key("P", "new")]
    assert [item["sk"] for item in pages.every(Query("P"))] == ["new"]


def test_get_many_asks_again_for_what_was_left(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    keys = [Key("P", "a"), Key("P", "b"), Key("P", "none")]
    for key in keys[:2]:
        put(item_of(*key))
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


def _left(cloud: Cloud, keys: list[Key]) -> Any:
    """An answer of BatchGetItem that leaves all keys for later."""
    wire = [table.encode_item(key._asdict()) for key in keys]
    return {"Responses": {}, "UnprocessedKeys": {cloud["Table"]: {"Keys": wire, "ConsistentRead": True}}}
