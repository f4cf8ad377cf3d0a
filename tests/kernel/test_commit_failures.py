"""Commits that fail: who is guilty, who is spared, what is tried again."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.kernel import aws, commit, table
from chalicelib.kernel.commit import commit_all
from chalicelib.kernel.errors import (
    AlreadyExists,
    Conflict,
    NotFound,
    Unavailable,
)
from chalicelib.kernel.table import Key
from chalicelib.kernel.work import Work
from tests.cloud import Cloud
from tests.faults import answering, cancelled, refusal
from tests.kernel.works import item, overwriting, putting, requiring, value

pytestmark = pytest.mark.usefixtures("cloud", "no_waiting")


def test_the_guilty_leave_and_the_others_commit(transactions: list[Any]) -> None:
    commit_all([putting("taken")])
    works = [putting("a"), putting("b", "taken"), requiring("missing"), putting("c")]
    for work in works:
        work.count(Key("STAT", "day"), {"all": 1})
    errors = commit_all(works)
    assert [type(error) for error in errors] == [type(None), AlreadyExists, NotFound, type(None)]
    assert value("a") == value("c") == 1
    assert table.get(Key("P", "b")) is None, "nothing of a guilty work is written"
    assert (table.get(Key("STAT", "day")) or {})["all"] == 2
    assert len(transactions) == 3, "the one before, the cancelled one, the rest"


def test_the_first_failing_write_decides_the_error() -> None:
    commit_all([putting("taken")])
    work = Work()
    work.put(item("free"), unless_exists=Conflict("no"))
    work.require(Key("P", "missing"), NotFound("first"))
    work.put(item("taken"), unless_exists=AlreadyExists("second"))
    with pytest.raises(NotFound, match="first"):
        commit.commit(work)


def test_an_error_can_tell_what_was_there() -> None:
    commit_all([putting("taken")])
    work = Work()
    work.put(item("taken"), unless_exists=lambda old: Conflict("no", holder=(old or {})["value"]))
    (error,) = commit_all([work])
    assert error is not None
    assert error.extra == {"holder": 1}


def test_contention_is_tried_again(transactions: list[Any]) -> None:
    works = [putting("a"), putting("b")]
    contended = cancelled("None", "TransactionConflict")
    with answering(aws.dynamodb(), "TransactWriteItems", *[contended] * (commit.ATTEMPTS - 1)) as calls:
        assert commit_all(works) == [None, None]
    assert len(calls) == commit.ATTEMPTS
    assert value("a") == value("b") == 1


def test_endless_contention_is_unavailable_for_those_in_it_only() -> None:
    works = [putting("a"), overwriting("a", 2)]
    with answering(
        aws.dynamodb(), "TransactWriteItems", *[cancelled("TransactionConflict")] * commit.ATTEMPTS
    ):
        errors = commit_all(works)
    assert isinstance(errors[0], Unavailable)
    assert errors[1] is None
    assert value("a") == 2


def test_guilt_and_contention_in_one_transaction() -> None:
    reasons = cancelled("ConditionalCheckFailed", "TransactionConflict")
    with answering(aws.dynamodb(), "TransactWriteItems", reasons):
        errors = commit_all([putting("a"), putting("b")])
    assert [type(error) for error in errors] == [AlreadyExists, type(None)]


def test_what_the_table_refuses_is_found_among_the_others() -> None:
    refused = Work()
    refused.put({"pk": "P", "sk": ""}, unless_exists=Conflict("no"))
    errors = commit_all([putting("a"), refused, putting("b")])
    assert [error and error.code for error in errors] == [None, "refused_by_table", None]
    assert value("a") == value("b") == 1


def test_a_refusal_that_names_the_action_spares_the_others() -> None:
    with answering(aws.dynamodb(), "TransactWriteItems", cancelled("None", "ValidationError")):
        errors = commit_all([putting("a"), putting("b")])
    assert [error and error.code for error in errors] == [None, "refused_by_table"]


def test_a_busy_database_is_unavailable() -> None:
    busy = refusal("ThrottlingException")
    with answering(aws.dynamodb(), "TransactWriteItems", busy), pytest.raises(Unavailable):
        commit.commit(putting("a"))


def test_a_denied_commit_is_an_error_of_ours() -> None:
    denied = refusal("AccessDeniedException")
    with answering(aws.dynamodb(), "TransactWriteItems", denied), pytest.raises(ClientError):
        commit.commit(putting("a"))


def test_a_queue_that_is_down_is_unavailable(cloud: Cloud) -> None:
    work = Work()
    work.send(cloud["FeedbackQueue"], "{}")
    down = refusal("ServiceUnavailable", 503)
    with answering(aws.sqs(), "SendMessage", down), pytest.raises(Unavailable):
        commit.commit(work)
