"""Commits that do not wait, and the transactions that they send."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.kernel import aws
from tests.faults import answering


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


@pytest.fixture
def transactions() -> Iterator[list[Any]]:
    """How many actions each transaction had that was sent."""
    with answering(aws.dynamodb(), "TransactWriteItems") as calls:
        yield calls
