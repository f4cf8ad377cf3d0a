"""Mail that goes out: answers, their way to `delivered`, and addresses that must not be written to again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.caller import Caller, fetch
from tests.e2e.post import Post, address_of
from tests.e2e.test_mail_in import mail_of, messages, ticket_of
from tests.e2e.waiting import eventually


def status_of(api: Caller, message: Any) -> str:
    found: str = api.get(f"/v1/messages/{message['id']}").ok()["status"]
    return found


def send(api: Caller, address: str) -> Any:
    body = {"email": address, "subject": "Your lamp is ready", "text": "Come and get it."}
    return api.post("/v1/messages", body).ok(201)


def test_an_answer_is_sent_and_delivered(api: Caller, post: Post, ada: Any) -> None:
    mail = mail_of(ada, "Broken shade", "Can I have a new one?")
    post.send(mail)
    post.receive(ada["emails"][0])
    ticket = ticket_of(api, ada)
    reply = {"text": "Yes, it is on its way.", "html": "<p>Yes, it is <i>on its way</i>.</p>"}
    message = api.post(f"/v1/tickets/{ticket['id']}/messages", reply | {"status": "pending"}).ok(201)
    assert message["status"] == "queued"
    sent = post.receive(ada["emails"][0], count=2)
    assert sent.text.strip() == "Yes, it is on its way."
    assert "<i>on its way</i>" in sent.html
    assert sent.headers["in-reply-to"] == mail["Message-ID"]
    assert "x-ses-message-tags" not in sent.headers
    assert b"on its way" in fetch(sent.raw_url).content
    eventually(lambda: status_of(api, message) == "delivered")
    types = [entry["type"] for entry in api.data(f"/v1/customers/{ada['id']}/timeline?type=mail")]
    assert {"mail.received", "mail.queued", "mail.sent", "mail.delivered"} <= set(types)
    assert api.get(f"/v1/tickets/{ticket['id']}").ok()["status"] == "pending"


def test_an_internal_note_is_mailed_to_nobody(api: Caller, post: Post, ada: Any) -> None:
    post.send(mail_of(ada, "A question", "Why?"))
    post.receive(ada["emails"][0])
    ticket = ticket_of(api, ada)
    note = {"text": "Ask the workshop.", "internal": True}
    kept = api.post(f"/v1/tickets/{ticket['id']}/messages", note).ok(201)
    assert (kept["direction"], kept["status"]) == ("internal", "recorded")
    answer = api.post(f"/v1/tickets/{ticket['id']}/messages", {"text": "Because."}).ok(201)
    eventually(lambda: status_of(api, answer) == "delivered")
    assert len(post.outbox(ada["emails"][0])) == 2, "the acknowledgement and the answer"
    assert {one["id"] for one in messages(api, ticket)} >= {kept["id"], answer["id"]}


@pytest.mark.parametrize(("box", "status"), [("bounce", "bounced"), ("complaint", "complained")])
def test_an_address_that_fails_or_complains_is_not_written_to_again(
    api: Caller, post: Post, box: str, status: str
) -> None:
    address = address_of("x").replace("x.", f"{box}+")
    first = send(api, address)
    eventually(lambda: status_of(api, first) == status)
    second = send(api, address)
    eventually(lambda: status_of(api, second) == "suppressed")
    assert len(post.outbox(address)) == 1
