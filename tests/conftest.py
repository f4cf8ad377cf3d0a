"""Fixtures: the cloud in memory, an API caller with a key of every scope, and quiet logs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api import Api
from tests.cloud import Cloud
from tests.memory import caller, in_memory, plain_environment

__all__ = ["caller"]

collect_ignore = ["browser"]
"""Needs an environment and a conftest of its own: make test-browser."""


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_environment(monkeypatch)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """The deployed resources on moto, with the functions' environment set."""
    with in_memory(monkeypatch) as made:
        yield made


@pytest.fixture
def api(cloud: Cloud) -> Api:
    """A caller who may do everything."""
    return caller("*")
