"""By real SMTP: mailboxes for support and for feedback, leaving a topic with one click, files in answers."""

from __future__ import annotations

import re
import secrets
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.caller import Caller, fetch
from tests.e2e.post import Post
from tests.e2e.test_mail_in import mail_of, messages, ticket_of
from tests.e2e.waiting import eventually

KNOWN_EVERYWHERE = 60
"""Seconds until each worker knows a new mailbox: they keep them for 30."""


@pytest.fixture
def boxes(api: Caller, post: Post) -> Iterator[Any]:
    """A mailbox for support and one for feedback, while a test lasts."""
    domain = post.addresses["support_address"].partition("@")[2]
    made = [
        api.post(
            "/v1/mailboxes",
            {"address": f"{purpose}-{secrets.token_hex(4)}@{domain}", "name": "E2E", "purpose": purpose},
        ).ok(201)
        for purpose in ("support", "feedback")
    ]
    yield made
    for one in made:
        api.delete(f"/v1/mailboxes/{one['id']}").ok(204)


def test_each_mailbox_has_its_purpose(api: Caller, post: Post, ada: Any, boxes: Any) -> None:
    sales, voice = boxes

    def comments() -> list[Any]:
        post.send(mail_of(ada, "Praise", f"Lovely lamps. {secrets.token_hex(4)}"), to=voice["address"])
        found = api.data(f"/v1/feedback?customer_id={ada['id']}")
        assert found, "the mailbox is not known to the worker yet"
        return found

    [comment, *_] = eventually(comments, within=KNOWN_EVERYWHERE)
    assert (comment["kind"], comment["channel"], comment["survey"]) == ("comment", "email", "mail")
    before = {one["id"] for one in api.data(f"/v1/tickets?customer_id={ada['id']}")}
    post.send(mail_of(ada, "Prices", "What is it?"), to=sales["address"])
    new = eventually(
        lambda: [one for one in api.data(f"/v1/tickets?customer_id={ada['id']}") if one["id"] not in before]
    )
    assert [one["subject"] for one in new] == ["Prices"]
    acknowledged = eventually(
        lambda: [one for one in post.outbox(ada["emails"][0]) if "Prices" in one.headers["subject"]]
    )
    assert sales["address"] in acknowledged[0].headers["from"]
    assert sales["address"].partition("@")[0] in acknowledged[0].headers["reply-to"]


def _state(api: Caller, url: str, topic: str) -> str:
    [state] = [one["state"] for one in api.get(url).ok()["effective"] if one["topic"] == topic]
    return str(state)


def test_a_reader_leaves_a_topic_with_one_click(api: Caller, post: Post, ada: Any) -> None:
    topic = f"news-{secrets.token_hex(4)}"
    api.post("/v1/topics", {"id": topic, "name": "News", "double_opt_in": False}).ok(201)
    url = f"/v1/customers/{ada['id']}/consents"
    api.post(url, {"channel": "email", "topic": topic, "state": "granted", "source": "form"}).ok()
    letter = {"customer_id": ada["id"], "topic": topic, "subject": "News", "text": "A new lamp."}
    api.post("/v1/messages", letter).ok(201)
    sent = post.receive(ada["emails"][0])
    assert sent.headers["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    link = re.sub(r"\s", "", sent.headers["list-unsubscribe"]).strip("<>")
    fetch(link)
    assert _state(api, url, topic) == "granted", "a look changes nothing"
    for _ in range(2):
        click = urllib.request.Request(link, data=b"List-Unsubscribe=One-Click", method="POST")
        with urllib.request.urlopen(click, timeout=30) as answer:
            assert answer.status == 200
    assert _state(api, url, topic) == "withdrawn"
    late = api.post("/v1/messages", letter).ok(201)
    eventually(lambda: api.get(f"/v1/messages/{late['id']}").ok()["status"] == "suppressed")


def test_an_answer_carries_a_file_that_was_put_by_a_link(api: Caller, post: Post, ada: Any) -> None:
    post.send(mail_of(ada, "A bill, please", "Can I have it?"))
    post.receive(ada["emails"][0])
    ticket = ticket_of(api, ada)
    content = b"%PDF-1.4 a bill\n"
    upload = api.post("/v1/attachments", {"size": len(content)}).ok(201)
    put = urllib.request.Request(upload["url"], data=content, method="PUT")
    put.add_header("Content-Type", "")
    with urllib.request.urlopen(put, timeout=30) as answer:
        assert answer.status == 200
    reply = {"text": "Here it is.", "attachments": [{"id": upload["id"], "filename": "bill.pdf"}]}
    api.post(f"/v1/tickets/{ticket['id']}/messages", reply).ok(201)
    sent = post.receive(ada["emails"][0], count=2)
    assert b"bill.pdf" in fetch(sent.raw_url).content
    [attached] = messages(api, ticket)[0]["attachments"]
    assert (attached["filename"], attached["content_type"]) == ("bill.pdf", "application/pdf")
    link = api.get(f"/v1/messages/{messages(api, ticket)[0]['id']}/attachments/{attached['id']}").ok()
    assert fetch(link["url"]).content == content
