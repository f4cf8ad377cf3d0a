"""What an export writes, an import reads back: nothing changes."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from tests.api import Api
from tests.cloud import Cloud
from tests.transfer.files import profiles, rows, run

FIELDS: tuple[dict[str, Any], ...] = (
    {"name": "size", "kind": "number"},
    {"name": "vip", "kind": "boolean"},
    {"name": "since", "kind": "date"},
    {"name": "limit", "kind": "money"},
    {"name": "note", "kind": "text"},
    {"name": "fit", "kind": "choice", "choices": [{"value": "-wide"}, {"value": "narrow"}]},
)
PEOPLE: tuple[dict[str, Any], ...] = (
    {
        "name": "=Ada",
        "emails": ["ada@example.org", "+ada@example.org"],
        "phones": ["+442079460958", "+4930123456"],
        "company": "'-Engines; Ltd",
        "external_ids": {"erp": "=7", "shop": "a:b"},
        "handles": ["instagram:ada", "mastodon:@ada@example.org"],
        "organisation_role": "@work",
        "stage": "customer",
        "tags": ["+1", "a", "'=b"],
        "locale": "en-GB",
        "time_zone": "Europe/Berlin",
        "custom": {
            "size": -38.5, "vip": False, "since": "2026-05-06", "limit": "-12.50 EUR", "note": "\t=x",
            "fit": "-wide", "other": "=y", "number": 3, "flag": True,
        },
    },
    {"name": "-Bob", "phones": ["+442079460959"], "tags": ["=only"], "custom": {"note": "''+z"}},
    {"external_ids": {"erp": "8"}, "custom": {"size": 10, "vip": True}},
)  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_export_changes_nothing_when_it_is_imported(api: Api, cloud: Cloud, form: str) -> None:
    for field in FIELDS:
        api.post("/v1/fields", field).ok(201)
    organisation = api.post("/v1/organisations", {"name": "Engines"}).ok(201)["id"]
    for person in PEOPLE:
        api.post("/v1/customers", {**person, "organisation_id": organisation}).ok(201)
    made = api.post("/v1/exports", {"format": form}).ok(201)
    cloud.pump(rounds=12)
    before = profiles(cloud)
    key = f"exports/{made['id']}/customers.{form}"
    content = boto3.client("s3").get_object(Bucket=cloud["FilesBucket"], Key=key)["Body"].read()
    found = run(api, cloud, content)
    assert [one["reason"] or one["changed"] for one in rows(api, found["id"])] == [[]] * len(PEOPLE)
    assert found["counts"] == {"unchanged": len(PEOPLE)}
    assert profiles(cloud) == before
    header = content.decode("utf-8-sig").splitlines()[0]
    assert form == "jsonl" or '"custom.size","custom.vip"' in header
    assert form == "jsonl" or header.endswith('"custom.fit","custom"')
