"""Commits: what fits into one transaction, who leaves a cancelled one, and how counters stay exact."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from boto3.dynamodb.conditions import Attr

from chalicelib.access.events import KeyRevoked
from chalicelib.kernel import commit, table
from chalicelib.kernel.commit import commit_all
from chalicelib.kernel.errors import (
    AlreadyExists,
    Conflict,
    Invalid,
    NotFound,
    RapportError,
    Repeated,
)
from chalicelib.kernel.table import Key, key_of
from chalicelib.kernel.work import Work
from tests.calls import counted
from tests.kernel.works import Same, item, overwriting, putting, sizes, value

pytestmark = pytest.mark.usefixtures("cloud", "no_waiting")


def test_small_works_share_a_transaction(transactions: list[Any]) -> None:
    assert commit_all([putting(f"{number}") for number in range(10)]) == [None] * 10
    assert sizes(transactions) == [10]


def test_a_transaction_has_a_hundred_actions_at_most(transactions: list[Any]) -> None:
    works = [putting(*(f"{work}.{item}" for item in range(30))) for work in range(7)]
    assert commit_all(works) == [None] * 7
    assert sizes(transactions) == [90, 90, 30]


def test_a_transaction_stays_below_its_bytes(
    transactions: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commit, "MAX_BYTES", 1000)
    works = [putting(f"{number}", text="é" * 100) for number in range(4)]
    assert commit_all(works) == [None] * 4
    assert sizes(transactions) == [1, 1, 1, 1], "an é counts as the bytes it may take"


def test_the_same_check_is_made_once_for_all_who_make_it(transactions: list[Any]) -> None:
    works = [putting("a"), putting("b"), putting("c")]
    codes = ["first", "second", "third"]
    for work, code in zip(works, codes, strict=True):
        work.require(Key("gone", "ITEM"), NotFound("There is none.", code=code))
    assert [error.code for error in commit_all(works) if error] == codes
    assert sizes(transactions) == [4]


def test_a_work_that_shares_a_key_moves_to_the_next_transaction(transactions: list[Any]) -> None:
    works = [putting("a"), overwriting("a", 2), putting("b")]
    assert commit_all(works) == [None] * 3
    assert sizes(transactions) == [2, 1]
    assert value("a") == 2


def test_additions_to_one_counter_are_summed(transactions: list[Any]) -> None:
    works = [Work() for _ in range(3)]
    for number, work in enumerate(works):
        work.count(Key("STAT", "day"), {"all": 1, f"n{number}": 2})
        work.count(Key("STAT", "day"), {"all": 10})
    assert commit_all(works) == [None] * 3
    assert sizes(transactions) == [1]
    assert table.get(Key("STAT", "day")) == {"pk": "STAT", "sk": "day", "all": 33, "n0": 2, "n1": 2, "n2": 2}


def test_a_work_that_names_a_key_twice_is_refused_alone(transactions: list[Any]) -> None:
    twice = putting("a", "b", "a")
    mixed = putting("c")
    mixed.count(Key("P", "c"), {"all": 1})
    errors = commit_all([putting("d"), twice, mixed])
    assert [error and error.code for error in errors] == [None, "duplicate_write", "duplicate_write"]
    assert sizes(transactions) == [1]


def test_the_same_requirement_twice_is_once(transactions: list[Any]) -> None:
    commit_all([putting("there")])
    work = putting("a")
    for _ in range(2):
        work.require(Key("P", "there"), NotFound("no"))
    assert commit_all([work]) == [None]
    assert sizes(transactions)[-1] == 2


def test_more_than_a_transaction_holds_is_refused() -> None:
    work = putting(*(str(number) for number in range(101)))
    with pytest.raises(Invalid):
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
    commit_all([putting("a")])
    changing = Work()
    changing.update(
        Key("P", "a"),
        assign={"value": 5, "name": "x"},
        when=Attr("value").eq(1),
        failure=Conflict("no"),
    )
    removing = Work()
    removing.update(Key("P", "a"), remove=["name"], when=Attr("pk").exists(), failure=Conflict("no"))
    assert commit_all([changing, removing, changing]) == [None, None, Same(Conflict)]
    assert table.get(Key("P", "a")) == {"pk": "P", "sk": "a", "value": 5}


def test_an_expired_item_does_not_hold_its_key() -> None:
    expired = Work()
    expired.overwrite({**item("a"), "expires_at": int(time.time()) - 1})
    again, third = Work(), Work()
    for work in (again, third):
        work.put(
            {**item("a"), "expires_at": int(time.time()) + 60}, unless_exists=AlreadyExists("It is there.")
        )
    assert commit_all([expired, again, third]) == [None, None, Same(AlreadyExists)]


def test_what_is_checked_alike_is_checked_once() -> None:
    commit_all([putting("held")])
    works = [putting(name) for name in "ab"]
    with counted() as calls:
        for work in works:
            work.require(key_of(item("held")), AlreadyExists("unreachable"))
        assert commit_all(works) == [None, None]
    assert calls == ["TransactWriteItems"]


def test_a_change_recorded_once_is_told_by_its_event() -> None:
    at = Work().now
    works = [Work(now=at), Work(now=at)]
    for work in works:
        work.put(item("x"), unless_exists=AlreadyExists("It is there."))
        work.record("pk", KeyRevoked(key_id="key"), once=("job", "1"))
    assert commit_all(works) == [None, Same(Repeated)]
