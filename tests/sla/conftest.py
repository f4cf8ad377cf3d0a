"""Whose tickets are promised something."""

from __future__ import annotations

import pytest

from tests.api import Api


@pytest.fixture
def ada(api: Api) -> str:
    return str(api.post("/v1/customers", {"name": "Ada", "emails": ["ada@example.org"]}).ok(201)["id"])
