"""Who the tests of tickets know."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api


@pytest.fixture
def ada(api: Api) -> Any:
    """Ada, a customer with one address."""
    return api.post("/v1/customers", {"name": "Ada", "emails": ["ada@example.org"]}).ok(201)
