"""Builders: two who are one person, merging them and taking it back, and all that is kept of them."""

from __future__ import annotations

from typing import Any

from tests.api import Answer, Api
from tests.cloud import Cloud

ADA = {
    "name": "Ada",
    "emails": ["ada@example.org"],
    "external_ids": {"shop": "1"},
    "stage": "lead",
    "tags": ["a", "both"],
    "custom": {"size": "M", "shoe": 38},
}
ADELE = {
    "name": "Adele",
    "emails": ["ada@work.example"],
    "phones": ["+442079460958"],
    "external_ids": {"shop": "2", "erp": "9"},
    "company": "Engines",
    "stage": "customer",
    "tags": ["both", "b"],
    "custom": {"size": "L", "vip": True},
}
BOOKKEEPING = ("version", "updated_at")


def made(api: Api, body: Any) -> str:
    return str(api.post("/v1/customers", body).ok(201)["id"])


def merge(api: Api, survivor: str, merged: str, **more: Any) -> Answer:
    return api.post(f"/v1/customers/{survivor}/merge", {"merged_id": merged, **more})


def undo(api: Api, survivor: str, merged: str) -> Answer:
    return api.post(f"/v1/customers/{survivor}/merge/undo", {"merged_id": merged})


def state(cloud: Cloud) -> dict[tuple[str, str], Any]:
    """All items but events, marks of what was, and keys, without what counts changes or tells their time."""
    kept = [item for item in cloud.items() if item["pk"].startswith(("CUS#", "IDY#"))]
    plain = [item for item in kept if not item["sk"].startswith(("EVT#", "WAS_"))]
    return {
        (item["pk"], item["sk"]): {
            name: value for name, value in item.items() if name not in (*BOOKKEEPING, "gsi2sk")
        }
        for item in plain
    }
