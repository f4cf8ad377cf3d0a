"""A local cloud, or the running one that RAPPORT_E2E_CLOUD names; and its post."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.caller import Caller
from tests.e2e.clouds import Cloud, running
from tests.e2e.post import Post


def pytest_addoption(parser: pytest.Parser) -> None:
    """What makes a run longer, or another one."""
    parser.addoption("--examples", type=int, default=10, help="cases that schemathesis makes up an operation")
    parser.addoption("--seconds", type=int, default=600, help="how long schemathesis may take")
    parser.addoption("--random", default="1", help="the number that schemathesis' cases come from")


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with running(tmp_path_factory.mktemp("cloud")) as found:
        yield found


@pytest.fixture(scope="session")
def api(cloud: Cloud) -> Caller:
    """A caller who may do everything."""
    return Caller(cloud.addresses["api_url"], cloud.addresses["api_key"])


@pytest.fixture(scope="session")
def post(cloud: Cloud) -> Post:
    return Post(cloud.addresses)
