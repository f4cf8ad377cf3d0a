"""Commits: what fits into one transaction, who leaves a cancelled one, and how counters stay exact."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from boto3.dynamodb.conditions import Attr
from botocore.exceptions import ClientError

from chalicelib.access.events import KeyRevoked
from chalicelib.kernel import aws, commit, table
from chalicelib.kernel.commit import commit_all
from chalicelib.kernel.errors import (
    AlreadyExists,
    Conflict,
    Invalid,
    NotFound,
    RapportError,
    Repeated,
    Unavailable,
)
from chalicelib.kernel.table import Key, key_of
from chalicelib.kernel.work import Work
from tests.calls import counted
from tests.cloud import Cloud
from tests.faults import answering, cancelled, refusal

pytestmark = pytest.mark.usefixtures("cloud")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


@pytest.fixture
def transactions() -> Iterator[list[Any]]:
    """How many actions each transaction had that was sent."""
    with answering(aws.dynamodb(), "TransactWriteItems") as calls:
        yield calls


def test_small_works_share_a_transaction(transactions: list[Any]) -> None:
    assert commit_all([_putting(f"{number}") for number in range(10)]) == [None] * 10
    assert _sizes(transactions) == [10]


def test_a_transaction_has_a_hundred_actions_at_most(transactions: list[Any]) -> None:
    works = [_putting(*(f"{work}.{item}" for item in range(30))) for work in range(7)]
    assert commit_all(works) == [None] * 7
    assert _sizes(transactions) == [90, 90, 30]


def test_a_transaction_stays_below_its_bytes(
    transactions: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit, "MAX_BYTES", 1000)
    works = [_putting(f"{number}", text="é" * 100) for number in range(4)]
    assert commit_all(works) == [None] * 4
    assert _sizes(transactions) == [1, 1, 1, 1], "an é counts as the bytes it may take"


def test_the_same_check_is_made_once_for_all_who_make_it(transactions: list[Any]) -> None:
    works = [_putting("a"), _putting("b"), _putting("c")]
    codes = ["first", "second", "third"]
    for work, code in zip(works, codes, strict=True):
        work.require(Key("gone", "ITEM"), NotFound("There is none.", code=code))
    assert [error.code for error in commit_all(works) if error] == codes
    assert _sizes(transactions) == [4]


def test_a_work_that_shares_a_key_moves_to_the_next_transaction(transactions: list[Any]) -> None:
    works = [_putting("a"), _overwriting("a", 2), _putting("b")]
    assert commit_all(works) == [None] * 3
    assert _sizes(transactions) == [2, 1]
    assert _value("a") == 2


def test_additions_to_one_counter_are_summed(transactions: list[Any]) -> None:
    works = [Work() for _ in range(3)]
    for number, work in enumerate(works):
        work.count(Key("STAT", "day"), {"all": 1, f"n{number}": 2})
        work.count(Key("STAT", "day"), {"all": 10})
    assert commit_all(works) == [None] * 3
    assert _sizes(transactions) == [1]
    assert table.get(Key("STAT", "day")) == {"pk": "STAT", "sk": "day", "all": 33, "n0": 2, "n1": 2, "n2": 2}


def test_the_guilty_leave_and_the_others_commit(transactions: list[Any]) -> None:
    commit_all([_putting("taken")])
    works = [_putting("a"), _putting("b", "taken"), _requiring("missing"), _putting("c")]
    for work in works:
        work.count(Key("STAT", "day"), {"all": 1})
    errors = commit_all(works)
    assert [type(error) for error in errors] == [type(None), AlreadyExists, NotFound, type(None)]
    assert _value("a") == _value("c") == 1
    assert table.get(Key("P", "b")) is None, "nothing of a guilty work is written"
    assert (table.get(Key("STAT", "day")) or {})["all"] == 2
    assert len(transactions) == 3, "the one before, the cancelled one, the rest"


def test_the_first_failing_write_decides_the_error() -> None:
    commit_all([_putting("taken")])
    work = Work()
    work.put(_item("free"), unless_exists=Conflict("no"))
    work.require(Key("P", "missing"), NotFound("first"))
    work.put(_item("taken"), unless_exists=AlreadyExists("second"))
    with pytest.raises(NotFound, match="first"):
        commit.commit(work)


def test_an_error_can_tell_what_was_there() -> None:
    commit_all([_putting("taken")])
    work = Work()
    work.put(_item("taken"), unless_exists=lambda old: Conflict("no", holder=(old or {})["value"]))
    (error,) = commit_all([work])
    assert error is not None
    assert error.extra == {"holder": 1}


def test_contention_is_tried_again(transactions: list[Any]) -> None:
    works = [_putting("a"), _putting("b")]
    contended = cancelled("None", "TransactionConflict")
    with answering(aws.dynamodb(), "TransactWriteItems", *[contended] * (commit.ATTEMPTS - 1)) as calls:
        assert commit_all(works) == [None, None]
    assert len(calls) == commit.ATTEMPTS
    assert _value("a") == _value("b") == 1


def test_endless_contention_is_unavailable_for_those_in_it_only() -> None:
    works = [_putting("a"), _overwriting("a", 2)]
    with answering(
        aws.dynamodb(), "TransactWriteItems", *[cancelled("TransactionConflict")] * commit.ATTEMPTS
    ):
        errors = commit_all(works)
    assert isinstance(errors[0], Unavailable)
    assert errors[1] is None
    assert _value("a") == 2


def test_guilt_and_contention_in_one_transaction() -> None:
    reasons = cancelled("ConditionalCheckFailed", "TransactionConflict")
    with answering(aws.dynamodb(), "TransactWriteItems", reasons):
        errors = commit_all([_putting("a"), _putting("b")])
    assert [type(error) for error in errors] == [AlreadyExists, type(None)]


def test_what_the_table_refuses_is_found_among_the_others() -> None:
    refused = Work()
    refused.put({"pk": "P", "sk": ""}, unless_exists=Conflict("no"))
    errors = commit_all([_putting("a"), refused, _putting("b")])
    assert [error and error.code for error in errors] == [None, "refused_by_table", None]
    assert _value("a") == _value("b") == 1


def test_a_refusal_that_names_the_action_spares_the_others() -> None:
    with answering(aws.dynamodb(), "TransactWriteItems", cancelled("None", "ValidationError")):
        errors = commit_all([_putting("a"), _putting("b")])
    assert [error and error.code for error in errors] == [None, "refused_by_table"]


def test_a_work_that_names_a_key_twice_is_refused_alone(transactions: list[Any]) -> None:
    twice = _putting("a", "b", "a")
    mixed = _putting("c")
    mixed.count(Key("P", "c"), {"all": 1})
    errors = commit_all([_putting("d"), twice, mixed])
    assert [error and error.code for error in errors] == [None, "duplicate_write", "duplicate_write"]
    assert _sizes(transactions) == [1]


def test_the_same_requirement_twice_is_once(transactions: list[Any]) -> None:
    commit_all([_putting("there")])
    work = _putting("a")
    for _ in range(2):
        work.require(Key("P", "there"), NotFound("no"))
    assert commit_all([work]) == [None]
    assert _sizes(transactions)[-1] == 2


def test_more_than_a_transaction_holds_is_refused() -> None:
    work = _putting(*(str(number) for number in range(101)))
    with pytest.raises(Invalid):
        commit.commit(work)


def test_a_busy_database_is_unavailable() -> None:
    busy = refusal("ThrottlingException")
    with answering(aws.dynamodb(), "TransactWriteItems", busy), pytest.raises(Unavailable):
        commit.commit(_putting("a"))


def test_a_denied_commit_is_an_error_of_ours() -> None:
    denied = refusal("AccessDeniedException")
    with answering(aws.dynamodb(), "TransactWriteItems", denied), pytest.raises(ClientError):
        commit.commit(_putting("a"))


def test_a_queue_that_is_down_is_unavailable(cloud: Cloud) -> None:
    work = Work()
    work.send(cloud["FeedbackQueue"], "{}")
    down = refusal("ServiceUnavailable", 503)
    with answering(aws.sqs(), "SendMessage", down), pytest.raises(Unavailable):
        commit.commit(work)


def test_nothing_to_write_asks_nothing(transactions: list[Any]) -> None:
    commit.commit(Work())
    assert transactions == []


def test_counters_are_exact_under_concurrent_commits() -> None:
    def add(_: int) -> list[RapportError | None]:
        works = [Work() for _ in range(5)]
        for work in works:
            work.count(Key("STAT", "day"), {"all": 1})
        return commit_all(works)

    with ThreadPoolExecutor(4) as pool:
        errors = [error for found in pool.map(add, range(12)) for error in found]
    assert errors == [None] * 60
    assert (table.get(Key("STAT", "day")) or {})["all"] == 60


def test_an_update_sets_and_removes() -> None:
    commit_all([_putting("a")])
    changing = Work()
    changing.update(
        Key("P", "a"),
        assign={"value": 5, "name": "x"},
        when=Attr("value").eq(1),
        failure=Conflict("no"),
    )
    removing = Work()
    removing.update(Key("P", "a"), remove=["name"], when=Attr("pk").exists(), failure=Conflict("no"))
    assert commit_all([changing, removing, changing]) == [None, None, _Same(Conflict)]
    assert table.get(Key("P", "a")) == {"pk": "P", "sk": "a", "value": 5}


def test_an_expired_item_does_not_hold_its_key() -> None:
    expired = Work()
    expired.overwrite({**_item("a"), "expires_at": int(time.time()) - 1})
    again, third = Work(), Work()
    for work in (again, third):
        work.put(
            {**_item("a"), "expires_at": int(time.time()) + 60}, unless_exists=AlreadyExists("It is there.")
        )
    assert commit_all([expired, again, third]) == [None, None, _Same(AlreadyExists)]


def test_what_is_checked_alike_is_checked_once() -> None:
    commit_all([_putting("held")])
    works = [_putting(name) for name in "ab"]
    with counted() as calls:
        for work in works:
            work.require(key_of(_item("held")), AlreadyExists("unreachable"))
        assert commit_all(works) == [None, None]
    assert calls == ["TransactWriteItems"]


def test_a_change_recorded_once_is_told_by_its_event() -> None:
    at = Work().now
    works = [Work(now=at), Work(now=at)]
    for work in works:
        work.put(_item("x"), unless_exists=AlreadyExists("It is there."))
        work.record("pk", KeyRevoked(key_id="key"), once=("job", "1"))
    assert commit_all(works) == [None, _Same(Repeated)]


class _Same:
    """Equals any error of a class."""

    def __init__(self, kind: type[RapportError]) -> None:
        self.kind = kind

    def __eq__(self, other: object) -> bool:
        return type(other) is self.kind

    def __hash__(self) -> int:
        return hash(self.kind)


def _item(sort_key: str, **more: Any) -> dict[str, Any]:
    return {"pk": "P", "sk": sort_key, "value": 1, **more}


def _putting(*sort_keys: str, **more: Any) -> Work:
    work = Work()
    for sort_key in sort_keys:
        work.put(_item(sort_key, **more), unless_exists=AlreadyExists("It is there."))
    return work


def _overwriting(sort_key: str, value: int) -> Work:
    work = Work()
    work.overwrite({**_item(sort_key), "value": value})
    return work


def _requiring(sort_key: str) -> Work:
    work = Work()
    work.require(Key("P", sort_key), NotFound("It is not there."))
    return work


def _value(sort_key: str) -> Any:
    return (table.get(Key("P", sort_key)) or {}).get("value")


def _sizes(transactions: list[Any]) -> list[int]:
    return [len(call["TransactItems"]) for call in transactions]
