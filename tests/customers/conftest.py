"""Two who are one person."""

from __future__ import annotations

import pytest

from tests.api import Api
from tests.customers.merging import ADA, ADELE, made


@pytest.fixture
def ada(api: Api) -> str:
    return made(api, ADA)


@pytest.fixture
def adele(api: Api) -> str:
    return made(api, ADELE)
