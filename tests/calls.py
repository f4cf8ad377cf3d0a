"""Counts the AWS calls that a request makes: the budget of a request, and most of its time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient

from tests import api


@contextmanager
def counted() -> Iterator[list[str]]:
    """The names of the operations called inside, in order; the authorizer's are another function's.

    `with counted() as calls: … ; assert calls == ["GetItem"]`
    """
    calls: list[str] = []
    plain, authorize = BaseClient._make_api_call, api.authorize  # type: ignore[attr-defined]  # botocore's own seam

    def counting(client: Any, operation: str, arguments: Any) -> Any:
        calls.append(operation)
        return plain(client, operation, arguments)

    def uncounted(key: str) -> Any:
        with patch.object(BaseClient, "_make_api_call", plain):
            return authorize(key)

    with patch.object(BaseClient, "_make_api_call", counting), patch.object(api, "authorize", uncounted):
        yield calls
