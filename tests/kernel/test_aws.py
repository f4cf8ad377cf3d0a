"""Clients: what the first one changes of the process."""

from __future__ import annotations

import gc
import weakref

import pytest

from chalicelib.kernel import aws


class _Cycle:
    def __init__(self) -> None:
        self.itself = self


def test_the_first_client_lets_the_collector_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    before = gc.get_threshold()
    aws._settle.cache_clear()
    gc.set_threshold(200_000, 20, 20)
    try:
        aws._make("sqs")
        assert gc.get_freeze_count() > 0
        left = weakref.ref(_Cycle())
        kept = [[] for _ in range(20_000)]  # type: ignore[var-annotated]  # any objects of a container do
        assert left() is None, f"{len(kept)} objects later"
    finally:
        gc.set_threshold(*before)
