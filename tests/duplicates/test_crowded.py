"""Many near-identical entries: full groups that go at once, and more pairs than a transaction holds."""

from __future__ import annotations

import json
from typing import Any

import boto3

from chalicelib.customers.pointers import MAX_MERGED
from chalicelib.duplicates import store
from chalicelib.duplicates.finding import ENDED, KNOWN
from chalicelib.duplicates.model import Pair, pair_id
from chalicelib.duplicates.worker import BATCH
from chalicelib.kernel import ids
from chalicelib.kernel.commit import commit_all
from chalicelib.kernel.table import encode_item
from chalicelib.kernel.work import Work
from tests.api import Api
from tests.cloud import Cloud

QUEUE = "DuplicatesQueue"


def hint(customer_id: str, kind: str, **data: Any) -> dict[str, Any]:
    detail = {"id": "evt_1", "type": kind, "customer_id": customer_id, "data": data}
    return {"Body": json.dumps({"detail": detail}), "MessageId": ids.ulid(ids.now())}


def add(api: Api, cloud: Cloud, *bodies: dict[str, Any]) -> list[str]:
    """Register customers, and have none but the worker of duplicates hear of it."""
    made = [api.post("/v1/customers", body).ok(201)["id"] for body in bodies]
    for one in made:
        assert cloud.deliver(QUEUE, [hint(one, "customer.registered")]) == set()
    return made


def pairs(cloud: Cloud) -> list[dict[str, Any]]:
    return [item for item in cloud.items() if item["pk"].startswith("DUP#")]


def forget_pairs(cloud: Cloud) -> None:
    for pair in pairs(cloud):
        key = encode_item({"pk": pair["pk"], "sk": pair["sk"]})
        boto3.client("dynamodb").delete_item(TableName=cloud["Table"], Key=key)


def put_pairs(cloud: Cloud, customer_id: str, number: int) -> None:
    """Open pairs of somebody with customers who are not there any more."""
    now = ids.now()
    for _ in range(number):
        other = ids.new_id("cus", now)
        pair = Pair(
            id=pair_id(customer_id, other),
            version=1,
            customer_ids=sorted((customer_id, other)),
            score=99,
            reasons=[],
            state="open",
            found_at=now,
            updated_at=now,
        )
        item = encode_item(store._pair_item(pair))
        boto3.client("dynamodb").put_item(TableName=cloud["Table"], Item=item)


def test_a_batch_of_full_groups_that_were_deleted_is_done(cloud: Cloud) -> None:
    now = ids.now()
    groups = [[ids.new_id("cus", now) for _ in range(1 + MAX_MERGED)] for _ in range(BATCH)]
    gone = [hint(first, "customer.deleted", merged_ids=rest) for first, *rest in groups]
    assert cloud.deliver(QUEUE, gone) == set()


def test_a_group_that_was_deleted_before_its_merges_were_seen_leaves_nothing(api: Api, cloud: Cloud) -> None:
    """Together they have more pairs than one transaction takes away."""
    first, *rest = group = add(api, cloud, *map(_twin, range(4)))
    for one in group:
        put_pairs(cloud, one, KNOWN)
    for one in rest:
        api.post(f"/v1/customers/{first}/merge", {"merged_id": one}).ok()
    api.delete(f"/v1/customers/{first}")
    assert cloud.deliver(QUEUE, [hint(first, "customer.deleted", merged_ids=rest)]) == set()
    assert pairs(cloud) == []
    assert not [item for item in cloud.items() if item["pk"].startswith("BLOCK#")]


def test_a_merge_of_two_with_many_pairs_is_done(api: Api, cloud: Cloud) -> None:
    """What either changes fits into one transaction, what both do does not."""
    merged, survivor, *others = add(api, cloud, *map(_twin, range(8)))
    forget_pairs(cloud)
    put_pairs(cloud, merged, ENDED)
    put_pairs(cloud, survivor, KNOWN)
    api.post(f"/v1/customers/{survivor}/merge", {"merged_id": merged}).ok()
    assert cloud.deliver(QUEUE, [hint(survivor, "customer.merged", merged_id=merged)]) == set()
    left = pairs(cloud)
    assert {one for pair in left for one in pair["customer_ids"]} == {survivor, *others}
    assert len(left) == len(others)


def _twin(number: int) -> dict[str, Any]:
    return {"name": "Ada King", "emails": [f"ada+{number}@example.org"]}


def test_what_two_take_away_at_once_is_gone(api: Api, cloud: Cloud) -> None:
    add(api, cloud, {"emails": ["ada@example.org"]}, {"emails": ["ada+shop@example.org"]})
    [item] = pairs(cloud)
    works = [Work(), Work()]
    for work in works:
        store.remove(work, store.pair_of(item))
    assert commit_all(works) == [None, None]
