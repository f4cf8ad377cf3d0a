"""A queued mail is sent once, whoever else tries, and what SES says decides what becomes of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest

from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work
from chalicelib.mail import suppression_store
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.mail.senders import MAIL, QUEUE, types
from tests.mailbox import outbox
from tests.stack import SUPPORT_ADDRESS


def test_a_queued_mail_is_sent_in_four_calls(api: Api, cloud: Cloud, queued: Any) -> None:
    message_id, waking = queued()
    before = api.get(f"/v1/messages/{message_id}")
    assert before.ok()["status"] == "queued"
    with counted() as calls:
        assert cloud.deliver(QUEUE, waking) == set()
    assert calls == ["UpdateItem", "BatchGetItem", "SendRawEmail", "TransactWriteItems"]
    after = api.get(f"/v1/messages/{message_id}", If_None_Match=before.headers["ETag"]).ok()
    assert after["status"] == "sent"
    assert after["sent_at"]
    assert types(cloud, message_id) == ["mail.queued", "mail.sent"]
    [sent] = outbox()
    assert sent["To"] == "bob@example.net"
    assert sent["From"].addresses[0].addr_spec == SUPPORT_ADDRESS
    assert sent["Subject"] == "Your order"
    assert sent.get_content().strip() == "It is on its way."
    assert sent["X-SES-MESSAGE-TAGS"] == f"message={message_id}"
    assert [sent[name] for name in ("Reply-To", "In-Reply-To", "References", "Auto-Submitted")] == [None] * 4


def test_a_stored_text_costs_one_call_more(api: Api, cloud: Cloud, queued: Any) -> None:
    text = "Grüße 😀 " * 2_000
    message_id, waking = queued(text=text, html="<p>Grüße</p><script>x</script>")
    with counted() as calls:
        cloud.deliver(QUEUE, waking)
    assert calls == ["UpdateItem", "BatchGetItem", "GetObject", "SendRawEmail", "TransactWriteItems"]
    [sent] = outbox()
    body, html = sent.get_body(("plain",)), sent.get_body(("html",))
    assert body is not None
    assert html is not None
    assert body.get_content().strip() == text.strip()
    assert "<p>Grüße</p>" in html.get_content()
    assert api.get(f"/v1/messages/{message_id}").ok()["truncated"] is True


def test_names_and_subjects_of_any_script(api: Api, cloud: Cloud) -> None:
    name, subject = "Müller, Zoë 😀", "Ihre Bestellung, Bcc: eve@evil.example 😀" + "ä" * 200
    customer = api.post("/v1/customers", {"name": name, "emails": ["zoe@bücher.example"]}).ok(201)
    api.post("/v1/messages", {"customer_id": customer["id"], "subject": subject, "text": "x"}).ok(201)
    cloud.pump()
    [sent] = outbox()
    assert sent["To"].addresses[0].display_name == "Müller, Zoë 😀"
    assert sent["To"].addresses[0].addr_spec == "zoe@xn--bcher-kva.example"
    assert sent["Subject"] == subject
    assert sent["Bcc"] is None
    assert f"customer={customer['id']}" in sent["X-SES-MESSAGE-TAGS"]


def test_of_two_workers_one_sends(api: Api, cloud: Cloud, queued: Any) -> None:
    message_id, waking = queued()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: cloud.deliver(QUEUE, waking), range(4)))
    assert cloud.deliver(QUEUE, waking) == set(), "a repeat is done"
    assert len(outbox()) == 1
    assert types(cloud, message_id) == ["mail.queued", "mail.sent"]


@pytest.mark.parametrize("written", ["BOB@example.NET", "bob@example.net"])
def test_a_suppressed_address_gets_nothing(api: Api, cloud: Cloud, queued: Any, written: str) -> None:
    work = Work()
    suppression_store.suppress(work, written, "complaint")
    commit(work)
    message_id, waking = queued()
    with counted() as calls:
        assert cloud.deliver(QUEUE, waking) == set()
    assert calls == ["UpdateItem", "BatchGetItem", "TransactWriteItems"]
    assert outbox() == []
    assert api.get(f"/v1/messages/{message_id}").ok()["status"] == "suppressed"
    assert types(cloud, message_id) == ["mail.queued", "mail.not_sent"]


def test_suppression_knows_a_domain_in_both_its_forms(cloud: Cloud) -> None:
    key = suppression_store.address_key
    assert key("ZOE@xn--bcher-kva.example") == key("zoe@Bücher.example")
    assert key("a@straße.example") != key("a@strasse.example")
    assert key("no address") != key("a@" + "ü" * 80)


def test_a_deleted_mail_is_not_sent(api: Api, cloud: Cloud, queued: Any) -> None:
    message_id, waking = queued()
    key = {"pk": {"S": f"MSG#{message_id}"}, "sk": {"S": "MAIL"}}
    boto3.client("dynamodb").delete_item(TableName=cloud["Table"], Key=key)
    assert cloud.deliver(QUEUE, waking) == set()
    assert outbox() == []


@pytest.mark.parametrize(
    "body", ["", "null", "[]", "{}", '{"detail": {"data": {}}}', '{"detail": {"data": {"message_id": 5}}}']
)
def test_a_malformed_event_fails_alone(api: Api, cloud: Cloud, queued: Any, body: str) -> None:
    _, waking = queued()
    assert cloud.deliver(QUEUE, [{"MessageId": "bad", "Body": body}, *waking]) == {"bad"}
    assert len(outbox()) == 1


def test_a_mail_over_ten_megabytes_fails(api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.mail.compose.MAX_SENT", 10_000)
    message_id = api.post("/v1/messages", MAIL | {"text": "x" * 11_000}).ok(201)["id"]
    cloud.pump()
    message = api.get(f"/v1/messages/{message_id}").ok()
    assert (message["status"], message["failure"]) == ("failed", "The mail is larger than 10 MB.")
    assert outbox() == []
