"""One build for all tests of a session."""

from __future__ import annotations

import pytest

from tests.infra.package import Package, make


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    return make(tmp_path_factory.mktemp("package"))
