"""Tickets found by words, by the API, and the terms that the index has of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from tests.api import Api
from tests.cloud import Cloud


def page(api: Api, **query: Any) -> Any:
    return api.get(f"/v1/tickets?{urlencode(query)}").ok()


def found(api: Api, q: str, **query: Any) -> list[str]:
    """The ids of all that is found, page by page."""
    ids: list[str] = []
    cursor: str | None = None
    while True:
        one = page(api, q=q, **query, **({"cursor": cursor} if cursor else {}))
        ids += [ticket["id"] for ticket in one["data"]]
        cursor = one["next_cursor"]
        if cursor is None:
            return ids


def indexed(cloud: Cloud, ticket_id: str) -> set[str]:
    """The terms that lead to a ticket."""
    postings_of = [item for item in cloud.items() if item["pk"].startswith("TKT#TERM#")]
    return {item["sk"].rpartition(" ")[0] for item in postings_of if item["ticket_id"] == ticket_id}
