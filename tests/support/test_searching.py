"""Search of tickets by words in subject and messages, and how the index follows what happens."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel import postings
from chalicelib.kernel.commit import commit
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.table import encode_item
from chalicelib.kernel.work import Work
from chalicelib.support import erasure, indexing, searching, store, terms
from infra import reindex
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.mailbox import outbox, receive, write


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


@pytest.fixture
def opened(api: Api, cloud: Cloud, ada: Any) -> Any:
    """Opens a ticket by hand, and has it indexed."""

    def open_ticket(subject: str, text: str = "It leaks.", **more: Any) -> Any:
        body = {"customer_id": ada["id"], "channel": "phone", "subject": subject, "text": text}
        ticket = api.post("/v1/tickets", body | more).ok(201)
        cloud.pump()
        return ticket

    return open_ticket


def test_words_of_subject_and_messages_in_any_order(api: Api, cloud: Cloud, opened: Any) -> None:
    lamp = opened("Die Lampe flackert", "Seit Montag, in der Küche. Çelik")["id"]
    api.post(f"/v1/tickets/{lamp}/messages", {"text": "Bitte eine andere Birne versuchen."}).ok(201)
    api.post(f"/v1/tickets/{lamp}/messages", {"text": "Ventil bestellt", "internal": True}).ok(201)
    cloud.pump()
    receive(
        cloud,
        write("Sie flackert immer noch", subject="Re"),
        to=outbox()[-1]["Reply-To"].addresses[0].addr_spec,
    )
    cloud.pump()
    other = opened("電灯がちらつく")["id"]
    for query in ("flack lampe", "kuche montag", "KUECHE", "celik lam", "birn", "ventil lampe", "noch birne"):
        assert found(api, query) == [lamp], query
    assert found(api, "ちらつく") == [other]
    assert found(api, "lampe toaster") == found(api, "…") == []
    assert found(api, "ada example") == [other, lamp], "who asked, newest first"


def test_number_id_and_address_find_a_ticket(api: Api, cloud: Cloud, opened: Any) -> None:
    receive(
        cloud, write("Sie tropft", sender="Zoë <zoe.celik-of-a-long-name@hafenwerk.example>", subject="Pumpe")
    )
    cloud.pump()
    [pump] = found(api, "pumpe")
    ticket = api.get(f"/v1/tickets/{pump}").ok()
    opened("Pumpe")
    address = "zoe.celik-of-a-long-name@hafenwerk.example"
    for query in (
        f"#{ticket['tag']}",
        f"[#{ticket['tag']}]",
        ticket["tag"].lower(),
        pump,
        address,
        "@hafenwerk.ex",
    ):
        assert found(api, query) == [pump], query
    assert found(api, "zoe.celik-of-a-long-name@hafenwerk.examplf") == []


def test_filters_narrow_a_search(api: Api, cloud: Cloud, opened: Any) -> None:
    bob = api.post("/v1/customers", {"name": "Bob"}).ok(201)["id"]
    first = opened("Kettle leaks", tags=["vip"])["id"]
    second = opened("Kettle hums", priority="urgent", customer_id=bob)["id"]
    api.patch(f"/v1/tickets/{first}", {"status": "solved"}).ok()
    assert found(api, "kettle") == [second, first]
    assert found(api, "kettle", status="solved") == found(api, "kettle", tag="vip") == [first]
    assert found(api, "kettle", customer_id=bob) == found(api, "kettle", priority="urgent") == [second]
    assert found(api, "kettle", status="solved", customer_id=bob) == []
    assert found(api, "kettle", assignee="none", team="none") == [second, first]


def test_bad_searches_are_told(api: Api) -> None:
    api.get("/v1/tickets?q=a+b+c+d+e+f+g+h+i").problem(422, "invalid")
    api.get("/v1/tickets?q=a&sort=updated_at").problem(422, "invalid")
    api.get(f"/v1/tickets?q={'a' * 201}").problem(422, "invalid")
    api.get("/v1/tickets?q=").problem(422, "invalid")


def test_a_page_is_two_calls(api: Api, opened: Any) -> None:
    opened("Kettle")
    with counted() as calls:
        page(api, q="kettle leaks", status="open")
    assert calls == ["Query", "BatchGetItem"]


def test_every_ticket_once_however_it_is_paged(
    api: Api, opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "AT_ONCE", 2)
    monkeypatch.setattr(searching, "MAX_CALLS", 2)
    made = [opened(f"Kettle {'kettles' * (n % 3)}", ["", "hums"][n % 2] or "x")["id"] for n in range(9)]
    newest = made[::-1]
    assert found(api, "kettle", limit=2) == found(api, "kettle", limit=100) == newest
    assert found(api, "ke hums", limit=1) == [one for one in newest if made.index(one) % 2]
    assert found(api, "kettle zebra") == []
    assert page(api, q="kettle", tag="x")["partial"], "it looks at four tickets a page, then says so"
    monkeypatch.setattr(searching, "MAX_EVALUATED", 4)
    cut = page(api, q="kettle", limit=2)
    assert cut["partial"]
    assert sorted(found(api, "kettle", limit=2)) == made


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


def test_what_is_sent_by_itself_is_not_searched(api: Api, cloud: Cloud) -> None:
    receive(cloud, write("My kettle is broken."))
    cloud.pump()
    [ack] = [mail for mail in outbox() if "kettle" in mail["Subject"]]
    assert "Hello" in ack.as_string()
    assert found(api, "hello") == []


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


def test_nothing_is_left_of_a_ticket_that_is_erased(api: Api, cloud: Cloud, opened: Any) -> None:
    ticket = opened("Kettle", " ".join(f"word{n}" for n in range(120)))["id"]
    late = Work()
    indexing.add(late, ticket)
    stored = store.get(ticket)
    removed: dict[str, int] = {}
    while "tickets" not in removed:
        part = Work()
        removed = erasure.erase_some(part, stored)
        commit(part)
    indexing.add(Work(), ticket)
    cloud.pump()
    assert indexed(cloud, ticket) == set()
    assert found(api, "kettle") == []
    assert not [item for item in cloud.items() if item["pk"] == f"TKT#{ticket}" and item["sk"] == "WORDS"]


def test_words_of_a_message_that_was_erased_go_too(api: Api, cloud: Cloud, opened: Any) -> None:
    bob = api.post("/v1/customers", {"name": "Bob", "emails": ["bob@example.net"]}).ok(201)["id"]
    receive(cloud, write("My kettle is broken."))
    [ticket] = found(api, "broken")
    to = outbox()[-1]["Reply-To"].addresses[0].addr_spec
    receive(cloud, write("Mine wobbles", sender="bob@example.net"), to=to, sender="bob@example.net")
    cloud.pump()
    assert found(api, "wobbles") == [ticket]
    api.post(f"/v1/customers/{bob}/erasure", {"confirm": bob}).ok(201)
    cloud.pump(rounds=40)
    assert (found(api, "wobbles"), found(api, "broken")) == ([], [ticket])


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


WORD = st.text(st.characters(categories=["Ll", "Lo", "Nd"]), min_size=1, max_size=30)


@given(st.lists(WORD, max_size=5), st.lists(st.lists(WORD, max_size=80), max_size=12))
def test_what_is_said_once_more_changes_nothing(heading: list[str], said: list[list[str]]) -> None:
    """One after the other comes to the same as all at once; and to no more than the bounds."""
    step: list[str] = []
    for words in said:
        step = terms.together(heading, [*step, *words])
        assert terms.together(heading, step) == step
        assert len(step) <= len(heading) + terms.FIRST + terms.LATER
        assert set(words[-terms.LATER :]) <= set(step) or set(words) & set(step[: -terms.LATER])


@given(st.lists(WORD, min_size=1, max_size=8), st.data())
def test_the_beginnings_of_what_was_said_are_found(words: list[str], data: st.DataObject) -> None:
    known = terms.said_terms(" ".join(words))
    word = data.draw(st.sampled_from(words))
    for prefix in terms.asked(word[: data.draw(st.integers(1, len(word)))])[:1]:
        assert any(terms.meets(prefix, term) for term in known) or not prefix
