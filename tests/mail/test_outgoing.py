"""What callers ask to be sent: templates, times, attachments, and who may read what."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from chalicelib.kernel.commit import commit
from chalicelib.kernel.work import Work
from chalicelib.mail import queueing
from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import outbox

CONTENTS = {
    "en": {"subject": "Order {{ number }}", "html": "<p>Hi {{ customer.name }}</p>"},
    "de": {"subject": "Bestellung {{ number }}", "text": "Hallo {{ customer.name }}, {{ business.name }}"},
}  # fmt: skip
PLAIN = {"email": "bob@example.net", "subject": "Hi", "text": "Hello."}


@pytest.fixture
def ada(api: Api) -> str:
    new = {"name": "Ada", "emails": ["ada@example.org"], "locale": "de-AT"}
    return str(api.post("/v1/customers", new).ok(201)["id"])


@pytest.fixture
def shipped(api: Api) -> str:
    new = {"key": "shipped", "name": "Shipped", "contents": CONTENTS}
    made = api.post("/v1/templates", new).ok(201)
    api.post(f"/v1/templates/{made['id']}/publish", {}).ok()
    return str(made["id"])


def _attached(api: Api, cloud: Cloud, content: bytes, name: str = "bill.pdf") -> dict[str, str]:
    upload = api.post("/v1/attachments", {"size": len(content)}).ok(201)
    boto3.client("s3").put_object(Bucket=cloud["FilesBucket"], Key=f"uploads/{upload['id']}", Body=content)
    return {"id": upload["id"], "filename": name}


def test_a_template_speaks_the_customers_language(api: Api, cloud: Cloud, ada: str, shipped: str) -> None:
    body = {"customer_id": ada, "template": "shipped", "values": {"number": 7}}
    message = api.post("/v1/messages", body).ok(201)
    assert message["template"] == {"id": shipped, "version": 1, "language": "de"}
    cloud.pump()
    [sent] = outbox()
    assert (sent["Subject"], sent.get_content().strip()) == ("Bestellung 7", "Hallo Ada, Shop")


@pytest.mark.parametrize(
    ("body", "name", "code"),
    [
        ({"template": "shipped", "subject": "x"}, "subject", "one_of"),
        ({"template": "nothing"}, "template", "no_such_template"),
        ({"template": "shipped", "values": {"customer": {}}}, "values.customer", "reserved"),
        ({"subject": "x"}, "text", "missing"),
        ({"text": "x"}, "subject", "missing"),
        ({"subject": "x", "text": "x", "send_at": "2020-01-01T00:00:00Z"}, "send_at", "out_of_range"),
        ({"subject": "x", "text": "x", "send_at": "2099-01-01T00:00:00Z"}, "send_at", "out_of_range"),
        (
            {
                "subject": "x",
                "text": "x",
                "attachments": [{"id": "att_01KC0000000000000000000000", "filename": "x"}],
            },
            "attachments.0.id",
            "not_uploaded",
        ),
    ],
)
def test_what_cannot_be_sent_is_refused(
    api: Api, ada: str, shipped: str, body: dict[str, Any], name: str, code: str
) -> None:
    [param] = api.post("/v1/messages", {"customer_id": ada, **body}).problem(422, "invalid")["invalid_params"]
    assert (param["name"], param["code"]) == (name, code)


def test_a_missing_placeholder_is_named_at_once(api: Api, ada: str, shipped: str) -> None:
    problem = api.post("/v1/messages", {"customer_id": ada, "template": "shipped"}).problem(
        422, "unknown_placeholder"
    )
    assert problem["placeholder"] == "number"


def test_a_test_goes_to_staff(api: Api, cloud: Cloud, shipped: str) -> None:
    sam = api.post("/v1/staff", {"name": "Sam", "email": "sam@shop.example"}).ok(201)["id"]
    api.post(f"/v1/templates/{shipped}/test", {"staff_id": sam, "language": "de"}).ok(201)
    cloud.pump()
    [sent] = outbox()
    assert sent["To"] == "Sam <sam@shop.example>"
    assert sent["Subject"] == "[Test] Bestellung [number]"
    assert "Hallo [customer.name]" in sent.get_content()
    gone = {"staff_id": "stf_01KC0000000000000000000000"}
    assert api.post(f"/v1/templates/{shipped}/test", gone).status == 404


def test_a_mail_waits_for_its_time_and_goes_once(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = Work().now.replace(year=Work().now.year + 1, day=1)
    message = api.post("/v1/messages", PLAIN | {"send_at": at.isoformat()}).ok(201)
    cloud.pump()
    assert outbox() == []
    assert message["not_before"] is not None
    work = Work()
    queueing.wake(work, message["id"], Work().now)
    assert work.writes == [], "a stale timer does nothing"
    _pass_time(cloud, message["id"])
    for _ in range(2):
        work = Work()
        queueing.wake(work, message["id"], work.now)
        commit(work)
    cloud.pump(twice=True)
    assert len(outbox()) == 1


def _pass_time(cloud: Cloud, message_id: str) -> None:
    boto3.client("dynamodb").update_item(
        TableName=cloud["Table"],
        Key={"pk": {"S": f"MSG#{message_id}"}, "sk": {"S": "MAIL"}},
        UpdateExpression="SET not_before = :past",
        ExpressionAttributeValues={":past": {"S": "2026-01-01T00:00:00.000Z"}},
    )


def test_a_waiting_mail_can_be_cancelled_and_a_sent_one_cannot(api: Api, cloud: Cloud) -> None:
    message = api.post("/v1/messages", PLAIN).ok(201)
    cancelled = api.post(f"/v1/messages/{message['id']}/cancel").ok()
    assert cancelled["status"] == "cancelled"
    cloud.pump()
    assert outbox() == []
    assert api.get(f"/v1/messages/{message['id']}").ok() == cancelled
    api.post(f"/v1/messages/{message['id']}/cancel").problem(409, "not_waiting")
    sent = api.post("/v1/messages", PLAIN).ok(201)
    cloud.pump()
    api.post(f"/v1/messages/{sent['id']}/cancel").problem(409, "not_waiting")


def test_attachments_go_along_and_can_be_fetched(api: Api, cloud: Cloud) -> None:
    one = _attached(api, cloud, b"%PDF-1.7 bill", "../bill\u202e.pdf")
    message = api.post("/v1/messages", PLAIN | {"attachments": [one]}).ok(201)
    cloud.pump()
    [sent] = outbox()
    [part] = sent.iter_attachments()
    assert (part.get_filename(), part.get_content_type(), part.get_content()) == (
        "bill.pdf",
        "application/pdf",
        b"%PDF-1.7 bill",
    )
    [kept] = api.get(f"/v1/messages/{message['id']}").ok()["attachments"]
    assert api.get(f"/v1/messages/{message['id']}/attachments/{kept['id']}").ok()["url"]


def test_what_a_mail_cannot_hold_goes_as_a_link(api: Api, cloud: Cloud) -> None:
    small = _attached(api, cloud, b"small", "small.txt")
    large = _attached(api, cloud, b"x" * 9_000_000, "large & <b>.bin")
    body = PLAIN | {"html": "<html><body><p>Hi</p></body></html>", "attachments": [large, small]}
    api.post("/v1/messages", body).ok(201)
    cloud.pump()
    [sent] = outbox()
    assert [part.get_filename() for part in sent.iter_attachments()] == ["small.txt"]
    text, html = sent.get_body(("plain",)), sent.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "Attachments, to be downloaded within 30 days:" in text.get_content()
    assert "large &amp; _b_.bin</a>" in html.get_content()
    url = text.get_content().split("https://api.shop.example")[1].split()[0]
    there = Api(None).get(url)
    assert there.status == 302
    assert "large" in there.headers["Location"]
    Api(None).get(url[:-2]).problem(404, "no_such_attachment")


def test_attachments_are_bounded(api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    api.post("/v1/attachments", {"size": 25_000_001}).problem(422, "invalid")
    monkeypatch.setattr("chalicelib.mail.attaching.MAX_ATTACHED", 100)
    both = [_attached(api, cloud, b"x" * 60), _attached(api, cloud, b"y" * 60)]
    api.post("/v1/messages", PLAIN | {"attachments": both}).problem(413, "attachments_too_large")
