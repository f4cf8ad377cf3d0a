"""Search of tickets by words in subject and messages, number, id and address; filters and pages."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.support import searching
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.mailbox import outbox, receive, write
from tests.support.finding import found, page


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


def test_what_is_sent_by_itself_is_not_searched(api: Api, cloud: Cloud) -> None:
    receive(cloud, write("My kettle is broken."))
    cloud.pump()
    [ack] = [mail for mail in outbox() if "kettle" in mail["Subject"]]
    assert "Hello" in ack.as_string()
    assert found(api, "hello") == []
