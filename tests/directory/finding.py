"""What the tests of this folder do again and again."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from chalicelib.kernel.postings import recency
from tests.api import Api
from tests.cloud import Cloud


def register(api: Api, cloud: Cloud, *people: dict[str, Any]) -> list[str]:
    """Customers with these fields, indexed; their ids."""
    ids = [api.post("/v1/customers", person).ok(201)["id"] for person in people]
    cloud.pump()
    return ids


def page(api: Api, **query: Any) -> Any:
    """A page of what is found by this query."""
    return api.get(f"/v1/customers?{urlencode(query)}").ok()


def found(api: Api, **query: Any) -> list[str]:
    """The ids of all that is found, page by page."""
    ids: list[str] = []
    cursor: str | None = None
    while True:
        one = page(api, **query, **({"cursor": cursor} if cursor else {}))
        ids += [customer["id"] for customer in one["data"]]
        cursor = one["next_cursor"]
        if cursor is None:
            return ids


def entries(cloud: Cloud, customer_id: str) -> list[str]:
    """The keys of a customer's entries in the index, the note included."""
    keys = [(item["pk"], item["sk"]) for item in cloud.items()]
    ours = [(pk, sk) for pk, sk in keys if pk.startswith("TERM#") and sk.endswith(f" {recency(customer_id)}")]
    ours += [(pk, sk) for pk, sk in keys if pk.startswith("LIST#") and sk == customer_id]
    ours += [(pk, sk) for pk, sk in keys if (pk, sk) == (f"CUS#{customer_id}", "TERMS")]
    return sorted(f"{pk} {sk}" for pk, sk in ours)
