"""What staff see of tickets, by the API."""

from __future__ import annotations

from typing import Any

from tests.api import Api


def tickets(api: Api, query: str = "") -> list[Any]:
    """The first page of tickets, newest first."""
    found: list[Any] = api.get(f"/v1/tickets{query}").ok()["data"]
    return found


def messages(api: Api, ticket: Any) -> list[Any]:
    """The first page of a ticket's messages, newest first."""
    found: list[Any] = api.get(f"/v1/tickets/{ticket['id']}/messages").ok()["data"]
    return found
