"""The projector: entries follow the customers, whatever is repeated, reordered or happens at once."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from chalicelib.customers.model import Customer
from chalicelib.directory import service, store
from chalicelib.directory.entries import entries_of
from chalicelib.kernel import postings
from chalicelib.kernel.commit import commit
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.table import encode_item
from chalicelib.kernel.work import Work
from infra import reindex
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.directory.finding import entries, found, page, register

ADA: dict[str, Any] = {"name": "Ada Lovelace", "emails": ["ada@example.org"], "tags": ["vip"]}


def whole(api: Api, cloud: Cloud, customer_id: str) -> bool:
    """Whether exactly the entries that the profile asks for are there."""
    profile = Customer.model_validate(api.get(f"/v1/customers/{customer_id}").ok(), strict=False)
    wanted = [f"{one['pk']} {one['sk']}" for one in store.items(customer_id, entries_of(profile, []))]
    return entries(cloud, customer_id) == sorted([*wanted, f"CUS#{customer_id} TERMS"])


def test_entries_follow_the_profile(api: Api, cloud: Cloud) -> None:
    [ada] = register(api, cloud, ADA)
    assert whole(api, cloud, ada)
    url = f"/v1/customers/{ada}"
    api.patch(url, {"name": "Augusta King", "tags": ["chess"], "stage": "customer"}).ok()
    cloud.pump()
    assert whole(api, cloud, ada)
    assert found(api, q="lovelace") == found(api, tag="vip") == []
    assert found(api, q="king", stage="customer") == found(api, tag="chess", stage="customer") == [ada]
    api.delete(url)
    cloud.pump()
    assert entries(cloud, ada) == []


@pytest.mark.parametrize("seed", range(4))
def test_events_may_come_twice_and_in_any_order(api: Api, cloud: Cloud, seed: int) -> None:
    ids = [api.post("/v1/customers", {"name": f"Ada {n}", "tags": ["vip"]}).ok(201)["id"] for n in range(4)]
    for customer_id in ids:
        api.patch(f"/v1/customers/{customer_id}", {"company": "Engines", "tags": ["a", "b"]}).ok()
    api.delete(f"/v1/customers/{ids[0]}")
    cloud.pump(twice=True, seed=seed)
    assert entries(cloud, ids[0]) == []
    assert all(whole(api, cloud, customer_id) for customer_id in ids[1:])


def test_what_was_overtaken_is_read_again(api: Api, cloud: Cloud) -> None:
    [ada] = register(api, cloud, ADA)
    api.patch(f"/v1/customers/{ada}", {"name": "First"}).ok()
    late = service.Indexing([ada])
    api.patch(f"/v1/customers/{ada}", {"name": "Second"}).ok()
    cloud.pump()
    work = Work()
    late.update(work, ada)
    with pytest.raises(Stale):
        commit(work)
    assert whole(api, cloud, ada)
    assert found(api, q="first") == []


def test_a_change_of_nothing_that_is_indexed_writes_nothing(api: Api, cloud: Cloud) -> None:
    [ada] = register(api, cloud, ADA)
    api.patch(f"/v1/customers/{ada}", {"locale": "en-GB"}).ok()
    cloud.publish()
    messages = cloud.receive("CustomerIndexQueue")
    with counted() as calls:
        cloud.deliver("CustomerIndexQueue", messages)
    assert calls == ["BatchGetItem"]


def test_a_batch_is_read_in_one_call_and_written_in_few(api: Api, cloud: Cloud) -> None:
    for n in range(10):
        api.post("/v1/customers", {"name": f"Ada Number{n}"}).ok(201)
    cloud.publish()
    messages = cloud.receive("CustomerIndexQueue")
    assert len(messages) == 10
    with counted() as calls:
        assert not cloud.deliver("CustomerIndexQueue", messages)
    assert calls == ["BatchGetItem", "TransactWriteItems"]


def test_who_was_merged_away_vanishes_and_comes_back(api: Api, cloud: Cloud) -> None:
    ada, bob = register(api, cloud, ADA, {"name": "Ada Duplicate"})
    profile = next(item for item in cloud.items() if item["pk"] == f"CUS#{bob}" and item["sk"] == "PROFILE")
    table = boto3.client("dynamodb")
    for merged, expected in ((ada, []), (None, [bob])):
        item = {**profile, **({"merged_into": merged} if merged else {})}
        table.put_item(TableName=cloud["Table"], Item=encode_item(item))
        index(cloud, {"type": "customer.merged", "customer_id": ada, "data": {"merged_id": bob}})
        assert found(api, q="duplicate") == expected
        assert bool(entries(cloud, bob)) is bool(expected)
    assert whole(api, cloud, ada)


def index(cloud: Cloud, event: dict[str, Any]) -> None:
    """Have the projector look at what this event names."""
    body = json.dumps({"detail": {"id": "evt_1", **event}})
    messages = [{"MessageId": f"m{n}", "Body": body, "ReceiptHandle": "r"} for n in range(2)]
    assert not cloud.deliver("CustomerIndexQueue", messages)


def test_more_than_a_transaction_holds(api: Api, cloud: Cloud) -> None:
    crowded = {
        "name": "Ada Lovelace",
        "emails": [f"first{n}.last{n}@host{n}.example" for n in range(10)],
        "tags": [f"t{n}" for n in range(50)],
    }
    [ada] = register(api, cloud, crowded)
    assert whole(api, cloud, ada)
    other = [f"second{n}.other{n}@place{n}.example" for n in range(10)]
    api.patch(f"/v1/customers/{ada}", {"emails": other, "tags": [f"u{n}" for n in range(50)]}).ok()
    cloud.pump(twice=True)
    assert whole(api, cloud, ada)
    api.delete(f"/v1/customers/{ada}")
    cloud.pump()
    assert entries(cloud, ada) == []


def test_half_written_entries_are_completed(api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postings, "MAX_WRITES", 3)
    [ada] = register(api, cloud, {"name": "Ada Countess of Lovelace", "tags": ["vip"]})
    work = Work()
    api.patch(f"/v1/customers/{ada}", {"name": "Augusta King Noel Byron"}).ok()
    service.Indexing([ada]).update(work, ada)  # commits all but its last part, which is never
    assert not whole(api, cloud, ada)
    cloud.pump()
    assert whole(api, cloud, ada)


def test_the_index_is_rebuilt_by_one_command(api: Api, cloud: Cloud, capsys: Any) -> None:
    ids = register(api, cloud, *({"name": f"Ada {n}", "tags": ["vip"]} for n in range(7)))
    table = boto3.client("dynamodb")
    for item in cloud.items():
        if item["pk"].startswith(("TERM#", "LIST#")):
            key = encode_item({"pk": item["pk"], "sk": item["sk"]})
            table.delete_item(TableName=cloud["Table"], Key=key)
    assert found(api, q="ada") == found(api, tag="vip") == []
    assert reindex.rebuild(reindex.customers(), after=None, page=3) == 7
    assert found(api, q="ada") == found(api, tag="vip") == ids[::-1]
    assert all(whole(api, cloud, one) for one in ids)
    assert reindex.rebuild(reindex.customers(), after=ids[3], page=3) == 3, "it goes on where it was"
    assert "7 customers" in capsys.readouterr().out
    assert page(api, q="ada")["next_cursor"] is None
