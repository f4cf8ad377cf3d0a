"""How the index of tickets' words follows what happens: in any order, twice, at once, and written anew."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from chalicelib.kernel import postings
from chalicelib.kernel.commit import commit
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.table import encode_item
from chalicelib.kernel.work import Work
from chalicelib.support import indexing, terms
from infra import reindex
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.support.finding import found, indexed, page


def test_terms_follow_merging_and_splitting(api: Api, cloud: Cloud, opened: Any) -> None:
    kettle, lamp = opened("Kettle", "it whistles"), opened("Lamp", "it flickers")
    api.post(f"/v1/tickets/{kettle['id']}/merge", {"from_id": lamp["id"]}).ok()
    cloud.pump()
    assert found(api, "whistles flickers") == found(api, f"#{lamp['tag']}") == [kettle["id"]]
    assert indexed(cloud, lamp["id"]) == set()
    api.post(f"/v1/tickets/{kettle['id']}/merge/undo", {"from_id": lamp["id"]}).ok()
    cloud.pump()
    assert (found(api, "flickers"), found(api, "whistles")) == ([lamp["id"]], [kettle["id"]])
    said = {"text": "also rattles", "internal": True}
    note = api.post(f"/v1/tickets/{kettle['id']}/messages", said).ok(201)
    cloud.pump()
    split = {"message_ids": [note["id"]], "subject": "Noise"}
    noise = api.post(f"/v1/tickets/{kettle['id']}/split", split).ok(201)["id"]
    cloud.pump()
    assert found(api, "rattles") == found(api, "noise") == [noise]


def test_a_new_subject_takes_the_old_ones_place(api: Api, cloud: Cloud, opened: Any) -> None:
    ticket = opened("Ketle")["id"]
    api.patch(f"/v1/tickets/{ticket}", {"subject": "Kettle"}).ok()
    cloud.pump()
    assert (found(api, "ketle"), found(api, "kettle leaks")) == ([], [ticket])


@pytest.mark.parametrize("seed", range(3))
def test_events_may_come_twice_and_in_any_order(api: Api, cloud: Cloud, ada: Any, seed: int) -> None:
    body = {"customer_id": ada["id"], "channel": "phone", "subject": "Kettle", "text": "leaks"}
    ticket = api.post("/v1/tickets", body).ok(201)["id"]
    for text in ("alpha", "beta", "gamma"):
        api.post(f"/v1/tickets/{ticket}/messages", {"text": text, "internal": True}).ok(201)
    api.patch(f"/v1/tickets/{ticket}", {"subject": "Teapot"}).ok()
    cloud.pump(twice=True, seed=seed)
    assert found(api, "teapot leaks alpha beta gamma") == [ticket]
    assert found(api, "kettle") == []


def test_an_event_that_changes_nothing_costs_little(api: Api, cloud: Cloud, opened: Any) -> None:
    ticket = opened("Kettle")["id"]
    api.patch(f"/v1/tickets/{ticket}", {"priority": "high"}).ok()
    api.post(f"/v1/tickets/{ticket}/messages", {"text": "It leaks.", "internal": True}).ok(201)
    cloud.publish()
    with counted() as calls:
        cloud.deliver("TicketIndexQueue", cloud.receive("TicketIndexQueue"))
    assert calls == ["BatchGetItem"]


def test_later_messages_are_found_whatever_was_said_before(api: Api, cloud: Cloud, opened: Any) -> None:
    ticket = opened("Kettle", " ".join(f"first{n}" for n in range(300)))["id"]
    for begin in range(1, 6):
        text = " ".join(f"word{begin}x{n}" for n in range(90))
        api.post(f"/v1/tickets/{ticket}/messages", {"text": text, "internal": True}).ok(201)
        cloud.pump()
    assert len(indexed(cloud, ticket)) <= terms.MAX_HEADING + terms.FIRST + terms.LATER
    assert found(api, "first0 word5x0 kettle") == [ticket]
    kept = indexed(cloud, ticket)
    work = Work()
    indexing.anew(work, ticket)
    assert not work.writes, "told anew it is the same"
    assert indexed(cloud, ticket) == kept


def test_half_written_terms_are_completed(
    api: Api, cloud: Cloud, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = opened("Kettle")["id"]
    whole = indexed(cloud, ticket)
    monkeypatch.setattr(postings, "MAX_WRITES", 3)
    table = boto3.client("dynamodb")
    entries = [postings.posting_key(indexing.TERMS, one, ticket) for one in whole]
    for key in [indexing.note_key(ticket), *entries]:
        table.delete_item(TableName=cloud["Table"], Key=encode_item(key._asdict()))
    indexing.anew(Work(), ticket)  # commits all but its last part, which is never
    assert indexed(cloud, ticket) < whole
    again = Work()
    indexing.anew(again, ticket)
    commit(again)
    assert indexed(cloud, ticket) == whole


def test_two_who_index_a_ticket_at_once(api: Api, cloud: Cloud, opened: Any) -> None:
    ticket = opened("Kettle")["id"]
    url = f"/v1/tickets/{ticket}/messages"
    said = [api.post(url, {"text": one, "internal": True}).ok(201)["id"] for one in ("alpha", "beta")]
    one, other = Work(), Work()
    indexing.add(one, ticket, said[:1])
    indexing.add(other, ticket, said[1:])
    commit(one)
    with pytest.raises(Stale):
        commit(other)
    cloud.pump()
    assert found(api, "alpha beta") == [ticket]


def test_one_command_writes_terms_and_lists_anew(api: Api, cloud: Cloud, opened: Any, capsys: Any) -> None:
    """As after an upgrade from a release that had no search, and fewer lists."""
    made = [opened(f"Kettle {n}", tags=["vip"])["id"] for n in range(5)]
    before = sorted(cloud.items(), key=json.dumps)
    table = boto3.client("dynamodb")
    for item in before:
        if item["pk"].startswith("TKT#"):
            if item["sk"] == "TICKET":
                bare = {name: value for name, value in item.items() if not name.startswith("gsi3")}
                table.put_item(TableName=cloud["Table"], Item=encode_item(bare))
            elif not item["sk"].startswith("EVT#"):
                key = encode_item({"pk": item["pk"], "sk": item["sk"]})
                table.delete_item(TableName=cloud["Table"], Key=key)
    assert found(api, "kettle") == [] == page(api, tag="vip")["data"] == page(api, assignee="none")["data"]
    assert reindex.rebuild(reindex.tickets(), after=None, page=2) == 5
    assert reindex.rebuild(reindex.tickets(), after=made[1], page=2) == 1
    assert "5 tickets" in capsys.readouterr().out
    assert found(api, "kettle") == made[::-1]
    assert [one["id"] for one in page(api, tag="vip")["data"]] == made[::-1]

    def timeless(items: list[Any]) -> list[Any]:
        plain = [{name: value for name, value in one.items() if name != "version"} for one in items]
        return sorted(plain, key=json.dumps)

    assert timeless(cloud.items()) == timeless(before)
