"""A queued mail is sent once, whoever else tries, and what SES says decides what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from chalicelib.kernel import aws
from chalicelib.kernel.commit import commit
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.work import Work
from chalicelib.mail import sending, status_store, store, suppression_store
from tests.api import Api
from tests.calls import counted
from tests.cloud import SUPPORT_ADDRESS, Cloud
from tests.mailbox import outbox, receive, write

QUEUE = "OutboundMailQueue"
MAIL = {"email": "bob@example.net", "subject": "Your order", "text": "It is on its way."}


@pytest.fixture
def queued(api: Api, cloud: Cloud) -> Callable[..., tuple[str, list[Any]]]:
    """Queue a mail: its id, and the messages that wake the worker."""
    suppression_store.address_key("once@per.process")  # reads the secret

    def queue(**more: Any) -> tuple[str, list[Any]]:
        message_id = api.post("/v1/messages", MAIL | more).ok(201)["id"]
        cloud.publish()
        return message_id, cloud.receive(QUEUE)

    return queue


def _says(monkeypatch: pytest.MonkeyPatch, answer: Exception) -> None:
    def refuse(**_: Any) -> None:
        raise answer

    monkeypatch.setattr(aws.ses(), "send_raw_email", refuse)


def _error(code: str, status: int = 400) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": "because"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "SendRawEmail")


def _end_claim(cloud: Cloud, message_id: str) -> None:
    boto3.client("dynamodb").update_item(
        TableName=cloud["Table"],
        Key={"pk": {"S": f"MSG#{message_id}"}, "sk": {"S": "MAIL"}},
        UpdateExpression="SET claimed_until = :past",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )


def _types(cloud: Cloud, message_id: str) -> list[str]:
    events = [i for i in cloud.items() if i["sk"].startswith("EVT#") and i["pk"] == f"MSG#{message_id}"]
    return [event["type"] for event in sorted(events, key=lambda item: str(item["sk"]))]


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
    assert _types(cloud, message_id) == ["mail.queued", "mail.sent"]
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
    assert _types(cloud, message_id) == ["mail.queued", "mail.sent"]


@pytest.mark.parametrize(
    "answer",
    [
        ReadTimeoutError(endpoint_url="ses"),
        RuntimeError("the worker died"),
        _error("ServiceUnavailable", 503),
    ],
)
def test_a_mail_of_unknown_fate_waits_until_its_claim_ends(
    api: Api, cloud: Cloud, queued: Any, monkeypatch: pytest.MonkeyPatch, answer: Exception
) -> None:
    message_id, waking = queued()
    with monkeypatch.context() as patched:
        _says(patched, answer)
        assert len(cloud.deliver(QUEUE, waking)) == 1
    assert len(cloud.deliver(QUEUE, waking)) == 1, "it may have been sent"
    assert outbox() == []
    _end_claim(cloud, message_id)
    assert cloud.deliver(QUEUE, waking) == set()
    assert len(outbox()) == 1
    assert api.get(f"/v1/messages/{message_id}").ok()["status"] == "sent"


def test_a_mail_that_ses_refuses_fails_with_its_words(
    api: Api, cloud: Cloud, queued: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id, waking = queued()
    _says(monkeypatch, _error("MessageRejected"))
    assert cloud.deliver(QUEUE, waking) == set()
    message = api.get(f"/v1/messages/{message_id}").ok()
    assert (message["status"], message["failure"]) == ("failed", "MessageRejected: because")
    assert _types(cloud, message_id) == ["mail.queued", "mail.not_sent"]


def test_a_throttled_mail_is_free_to_be_sent_at_once(
    api: Api, cloud: Cloud, queued: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id, waking = queued()
    with monkeypatch.context() as patched:
        _says(patched, _error("Throttling"))
        assert len(cloud.deliver(QUEUE, waking)) == 1
    assert cloud.deliver(QUEUE, waking) == set()
    assert len(outbox()) == 1
    assert api.get(f"/v1/messages/{message_id}").ok()["status"] == "sent"


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
    assert _types(cloud, message_id) == ["mail.queued", "mail.not_sent"]


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


def test_a_report_that_is_faster_than_us_loses_nothing(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(cloud, write(message_id="<first@example.org>"))
    [ticket] = api.get("/v1/tickets").ok()["data"]
    reply = api.post(f"/v1/tickets/{ticket['id']}/messages", {"text": "Done."}).ok(201)
    send = sending._sent

    def delivered_first(work: Work, message: Any, ses_message_id: str) -> None:
        early = Work()
        status_store.raise_status(early, message.id, "delivered")
        commit(early)
        send(work, message, ses_message_id)

    monkeypatch.setattr(sending, "_sent", delivered_first)
    cloud.pump()
    message = api.get(f"/v1/messages/{reply['id']}").ok()
    assert message["status"] == "delivered"
    assert message["sent_at"]
    answered = outbox()[1]["X-SES-MESSAGE-TAGS"]
    assert reply["id"] in answered
    receive(cloud, write("Thanks", In_Reply_To=f"<{store.get(reply['id']).ses_message_id}@amazonses.com>"))
    assert [one["id"] for one in api.get("/v1/tickets").ok()["data"]] == [ticket["id"]]


def test_a_mail_that_was_sent_but_not_noted_is_known_by_its_report(
    api: Api, cloud: Cloud, queued: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    message_id, waking = queued()
    with monkeypatch.context() as patched:
        patched.setattr(sending, "_sent", lambda *_: (_ for _ in ()).throw(RuntimeError("died")))
        assert len(cloud.deliver(QUEUE, waking)) == 1
    early = Work()
    status_store.raise_status(early, message_id, "delivered")
    commit(early)
    _end_claim(cloud, message_id)
    assert cloud.deliver(QUEUE, waking) == set()
    assert len(outbox()) == 1, "the report proved that it went out"


@pytest.mark.parametrize("written", [False, True])
def test_a_table_that_does_not_answer_is_asked_again_and_the_mail_sent_once(
    api: Api, cloud: Cloud, queued: Any, monkeypatch: pytest.MonkeyPatch, written: bool
) -> None:
    """`written`: the table did write, and only its answer was lost."""
    message_id, waking = queued()
    failures = iter([True, True, False])

    def commit_badly(work: Work) -> None:
        fails = next(failures, False)
        if written or not fails:
            commit(work)
        if fails:
            raise Unavailable("No answer.")

    monkeypatch.setattr(sending, "commit", commit_badly)
    assert cloud.deliver(QUEUE, waking) == set()
    assert len(outbox()) == 1
    assert api.get(f"/v1/messages/{message_id}").ok()["status"] == "sent"
    assert _types(cloud, message_id) == ["mail.queued", "mail.sent"]
