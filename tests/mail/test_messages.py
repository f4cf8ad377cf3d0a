"""Mails over HTTP: to whom they may go, and what can be read of them."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from boto3 import client

from chalicelib.mail import contents
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.conftest import caller
from tests.mailbox import outbox, receive, write
from tests.stack import SUPPORT_ADDRESS

MAIL = {"subject": "Your order", "text": "It is on its way."}


def test_a_mail_to_a_customer_goes_to_their_first_address(api: Api, cloud: Cloud) -> None:
    emails = ["ada@example.org", "work@example.org"]
    ada = api.post("/v1/customers", {"name": "Ada", "emails": emails}).ok(201)
    with counted() as calls:
        answer = api.post("/v1/messages", MAIL | {"customer_id": ada["id"]})
    assert calls[-2:] == ["GetItem", "TransactWriteItems"]
    message = answer.ok(201)
    assert answer.headers["Location"].endswith(f"/v1/messages/{message['id']}")
    assert message["to"] == [{"address": "ada@example.org", "name": "Ada"}]
    assert message["from"] == {"address": SUPPORT_ADDRESS, "name": "Shop"}
    assert (message["status"], message["direction"], message["customer_id"]) == (
        "queued",
        "outbound",
        ada["id"],
    )
    assert api.get(f"/v1/messages/{message['id']}").ok() == message
    [entry] = api.get(f"/v1/customers/{ada['id']}/timeline?type=mail.queued").ok()["data"]
    assert entry["summary"] == "Your order"


def test_an_address_is_recognised_as_its_customers(api: Api, cloud: Cloud) -> None:
    ada = api.post("/v1/customers", {"emails": ["ada@example.org"]}).ok(201)
    known = api.post("/v1/messages", MAIL | {"email": "ada@EXAMPLE.org"}).ok(201)
    unknown = api.post("/v1/messages", MAIL | {"email": "new@example.org"}).ok(201)
    assert (known["customer_id"], unknown["customer_id"]) == (ada["id"], None)
    assert api.get("/v1/customers?email=new@example.org").ok()["data"] == [], "writing makes no customer"


@pytest.mark.parametrize(
    "recipient", [{}, {"email": "a@x.org", "customer_id": "cus_01J00000000000000000000000"}]
)
def test_a_mail_has_one_recipient(api: Api, recipient: Any) -> None:
    problem = api.post("/v1/messages", MAIL | recipient).problem(422, "invalid")
    assert problem["invalid_params"][0]["code"] == "one_of"


def test_who_cannot_be_written_to(api: Api) -> None:
    nobody = api.post("/v1/customers", {"name": "Nobody"}).ok(201)
    api.post("/v1/messages", MAIL | {"customer_id": nobody["id"]}).problem(422, "no_address")
    gone = {"customer_id": "cus_01J00000000000000000000000"}
    api.post("/v1/messages", MAIL | gone).problem(404, "no_such_customer")


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "no address"},
        {"subject": ""},
        {"subject": "a\r\nBcc: eve@evil.example"},
        {"subject": "x" * 501},
        {"text": ""},
        {"text": "x" * 200_001},
        {"text": "a\x00b"},
        {"html": "x" * 500_001},
        {"cc": "eve@evil.example"},
    ],
)
def test_what_is_out_of_bounds_is_refused(api: Api, wrong: Any) -> None:
    assert api.post("/v1/messages", MAIL | {"email": "a@x.org"} | wrong).status == 422


def test_the_longest_mail_is_sent_and_read_whole(api: Api, cloud: Cloud) -> None:
    text = "é" * 200_000
    body = json.dumps(MAIL | {"email": "a@x.org", "text": text}, ensure_ascii=False)
    message = api.post("/v1/messages", body).ok(201)
    assert (message["truncated"], message["text"]) == (True, "é" * 4_000)
    assert api.get(f"/v1/messages/{message['id']}/content").ok() == {"text": text, "elided": "", "html": None}
    cloud.pump()
    assert outbox()[0].get_content().strip() == text


def test_a_repeat_under_one_key_is_one_mail(api: Api, cloud: Cloud) -> None:
    body = MAIL | {"email": "a@x.org", "html": "<p>Hi</p>"}
    first = api.post("/v1/messages", body, Idempotency_Key="k")
    again = api.post("/v1/messages", body, Idempotency_Key="k")
    assert (again.status, again.json) == (201, first.ok(201))
    api.post("/v1/messages", body | {"subject": "x"}, Idempotency_Key="k").problem(
        409, "idempotency_key_reused"
    )
    cloud.pump()
    assert len(outbox()) == 1


def test_html_that_would_keep_a_reader_waiting_is_not_shown(api: Api, cloud: Cloud) -> None:
    mail = MAIL | {"email": "a@x.org", "html": "<div>" * 100_000}
    message = api.post("/v1/messages", mail).ok(201)
    began = time.perf_counter()
    assert api.get(f"/v1/messages/{message['id']}/content").ok()["html"] is None
    assert time.perf_counter() - began < 3, "its sanitising takes about 15 seconds"


def test_html_that_makes_an_answer_too_large_is_left_out(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = api.post("/v1/messages", MAIL | {"email": "a@x.org", "html": "<p>Hi</p>"}).ok(201)
    url = f"/v1/messages/{message['id']}/content"
    assert api.get(url).ok()["html"] == "<p>Hi</p>"
    monkeypatch.setattr(contents, "MAX_CONTENT", 10)
    assert api.get(url).ok() == {"text": MAIL["text"], "elided": "", "html": None}


def test_html_is_sanitised_for_readers(api: Api, cloud: Cloud) -> None:
    html = (
        '<p onclick="x()">Hi</p><script>alert(1)</script><img src="https://evil.example/track.gif">'
        '<a href="javascript:x()">y</a><style>p{background:url(https://evil.example)}</style>'
    )
    receive(cloud, write("Hi", html=html))
    [ticket] = api.get("/v1/tickets").ok()["data"]
    mail = api.get(f"/v1/tickets/{ticket['id']}/messages").ok()["data"][-1]
    with counted() as calls:
        shown = api.get(f"/v1/messages/{mail['id']}/content").ok()["html"]
    assert calls[-2:] == ["GetItem", "GetObject"]
    assert "Hi" in shown
    for poison in ("onclick", "script", "javascript", "<style"):
        assert poison not in shown
    assert ' src="https://evil.example' not in shown


def test_a_mail_and_its_attachment_can_be_downloaded(api: Api, cloud: Cloud) -> None:
    content = b"\x89PNG\r\n\x1a\nx"
    receive(cloud, write(attachment=content, message_id="<one@example.org>"))
    [ticket] = api.get("/v1/tickets").ok()["data"]
    mail = api.get(f"/v1/tickets/{ticket['id']}/messages").ok()["data"][-1]
    source = api.get(f"/v1/messages/{mail['id']}/raw").ok()
    assert source["expires_in"] == 900
    assert "response-content-disposition=attachment" in source["url"]
    [attachment] = mail["attachments"]
    link = api.get(f"/v1/messages/{mail['id']}/attachments/{attachment['id']}").ok()["url"]
    key = f"attachments/{ticket['id']}/{attachment['id']}"
    assert key in link
    assert client("s3").get_object(Bucket=cloud["MailBucket"], Key=key)["Body"].read() == content
    api.get(f"/v1/messages/{mail['id']}/attachments/{'0' * 64}").problem(404, "no_such_attachment")
    api.get(f"/v1/messages/{mail['id']}/attachments/x").problem(404, "not_found")


def test_a_mail_of_ours_has_no_source(api: Api) -> None:
    message = api.post("/v1/messages", MAIL | {"email": "a@x.org"}).ok(201)
    api.get(f"/v1/messages/{message['id']}/raw").problem(404, "no_raw_source")
    api.get("/v1/messages/msg_01J00000000000000000000000").problem(404, "no_such_message")


def test_what_joined_no_ticket_is_listed(api: Api, cloud: Cloud) -> None:
    api.post("/v1/messages", MAIL | {"email": "a@x.org"}).ok(201)
    receive(cloud, write(sender="ada@example.org"))
    for number in range(3):
        report = write(
            "Undeliverable", sender="MAILER-DAEMON@mx.example.org", subject=f"Undelivered {number}"
        )
        receive(cloud, report, sender="")
    receive(cloud, write("A visitor writes", sender=SUPPORT_ADDRESS, Reply_To="eve@example.net"))
    first = api.get("/v1/messages?thread=none&limit=3").ok()
    rest = api.get(f"/v1/messages?thread=none&limit=3&cursor={first['next_cursor']}").ok()
    found = [one["class"] for one in first["data"] + rest["data"]]
    assert found == ["own_loop", "bounce", "bounce", "bounce"]
    with counted() as calls:
        api.get("/v1/messages?thread=none").ok()
    assert calls[-1:] == ["Query"]
    api.get("/v1/messages").problem(422, "invalid")


def test_scopes(cloud: Cloud) -> None:
    caller("messages:read").post("/v1/messages", MAIL | {"email": "a@x.org"}).problem(403, "missing_scope")
    caller("messages:write").get("/v1/messages?thread=none").problem(403, "missing_scope")
    assert Api().get("/v1/messages?thread=none").status == 401


def test_the_source_of_an_infected_mail_is_not_served(api: Api, cloud: Cloud) -> None:
    receive(cloud, write(), virus="FAIL")
    (ticket,) = api.get("/v1/tickets").ok()["data"]
    (mail,) = api.get(f"/v1/tickets/{ticket['id']}/messages").ok()["data"]
    api.get(f"/v1/messages/{mail['id']}/raw").problem(409, "quarantined")
