"""Fixtures: the cloud in memory, an API caller with a key of every scope, and quiet logs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from tests.api import Api
from tests.cloud import Cloud
from tests.memory import caller, in_memory, plain_environment
from tests.roles import held_to_roles

__all__ = ["caller"]

collect_ignore = ["browser", "clients"]
"""Need environments and conftests of their own: make test-browser, make test-clients."""

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # a busy machine fails no law

TOGETHER = ("tests/e2e/", "tests/infra/", "tests/intruders/")
"""Folders whose tests share what is dear to make, a cloud and a package, so one process runs them."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand the tests to xdist's processes file by file, and some folders whole."""
    from xdist.scheduler import LoadScopeScheduling

    def scope_of(nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)

    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = scope_of  # what xdist's documentation has subclasses override
    return scheduler


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    plain_environment(monkeypatch)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """The deployed resources on moto, with the functions' environment set."""
    with held_to_roles(), in_memory(monkeypatch) as made:
        yield made


@pytest.fixture
def api(cloud: Cloud) -> Api:
    """A caller who may do everything."""
    return caller("*")
