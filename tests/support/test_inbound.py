"""Mails become tickets of who wrote them, once each, and what is unsafe in them is kept apart."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import arrive, outbox, receive, write
from tests.support.lists import messages, tickets


def test_a_mail_becomes_a_ticket_of_its_sender(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write(html="<p>My <b>kettle</b> is broken.</p>", attachment=b"\x89PNG\r\n\x1a\nx"))
    [ticket] = tickets(api, f"?customer_id={ada['id']}")
    assert ticket["subject"] == "Broken kettle"
    assert ticket["status"] == "open"
    assert ticket["requester"] == {"address": "ada@example.org", "name": "Ada Lovelace"}
    acknowledgement, mail = messages(api, ticket)
    assert (mail["direction"], mail["status"], mail["class"]) == ("inbound", "received", "human")
    assert mail["from"]["address"] == "ada@example.org"
    assert mail["text"].strip() == "My kettle is broken."
    assert mail["has_html"] is True
    assert [one["filename"] for one in mail["attachments"]] == ["kettle.png"]
    assert (acknowledgement["direction"], acknowledgement["status"]) == ("outbound", "sent")


def test_a_stranger_becomes_a_lead(api: Api, cloud: Cloud) -> None:
    receive(cloud, write(sender="Bob <bob@example.net>"), sender="bob@example.net")
    [bob] = api.get("/v1/customers?email=bob@example.net").ok()["data"]
    assert (bob["name"], bob["stage"]) == ("Bob", "lead")
    assert tickets(api)[0]["customer_id"] == bob["id"]


def test_the_same_mail_twice_is_one_ticket_and_one_acknowledgement(api: Api, cloud: Cloud, ada: Any) -> None:
    raw = write(message_id="<same@example.org>")
    arrive(cloud, raw)
    arrive(cloud, raw)
    cloud.pump(twice=True, seed=1)
    [ticket] = tickets(api)
    assert len(messages(api, ticket)) == 2
    assert len(outbox()) == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"From: ada@example.org\r\nSubject: No id\r\n\r\nI have no Message-ID.",
        b"\x00\xff garbage without any header",
    ],
)
def test_a_mail_without_an_id_is_filed_once_too(api: Api, cloud: Cloud, ada: Any, raw: bytes) -> None:
    arrive(cloud, raw)
    arrive(cloud, raw)
    cloud.pump()
    assert len(tickets(api)) == 1


def test_headers_that_claim_verdicts_are_not_believed(api: Api, cloud: Cloud, ada: Any) -> None:
    bad: dict[str, Any] = {"X_SES_Spam_Verdict": "FAIL", "X_SES_Virus_Verdict": "FAIL"}
    good: dict[str, Any] = {"X_SES_Spam_Verdict": "PASS", "Authentication_Results": "mx; dmarc=pass"}
    receive(cloud, write(subject="Honest", **bad))
    receive(cloud, write(subject="Forged", **good), dmarc="FAIL")
    states = {one["subject"]: messages(api, one)[-1]["state"] for one in tickets(api)}
    assert states == {"Honest": None, "Forged": "unverified"}


def test_tickets_share_no_attachment(api: Api, cloud: Cloud, ada: Any) -> None:
    for number in range(2):
        receive(cloud, write(subject=f"Kettle {number}", attachment=b"\x89PNG\r\n\x1a\nx"))
    found = boto3.client("s3").list_objects_v2(Bucket=cloud["MailBucket"], Prefix="attachments/")
    keys = [one["Key"].split("/") for one in found["Contents"]]
    assert {thread for _, thread, _ in keys} == {one["id"] for one in tickets(api)}
    assert len({sha256 for *_, sha256 in keys}) == 1


def test_spam_is_kept_apart(api: Api, cloud: Cloud) -> None:
    receive(cloud, write(sender="spam@example.net"), sender="spam@example.net", spam="FAIL")
    [ticket] = tickets(api, "?status=spam")
    assert ticket["customer_id"] is None
    assert outbox() == []
    assert api.get("/v1/customers?email=spam@example.net").ok()["data"] == []


def test_a_forged_sender_is_not_taken_for_the_customer(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write(), dmarc="FAIL")
    [ticket] = tickets(api)
    assert ticket["customer_id"] is None
    assert ticket["participants"] == [{"address": "ada@example.org", "verified": False}]
    assert outbox() == []


def test_attachments_of_an_infected_mail_are_not_served(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write(attachment=b"\x89PNG\r\n\x1a\nx"), virus="FAIL")
    [mail] = messages(api, tickets(api)[0])
    [attachment] = mail["attachments"]
    assert attachment["quarantined"] is True
    url = f"/v1/messages/{mail['id']}/attachments/{attachment['id']}"
    api.get(url).problem(404, "no_such_attachment")


def test_an_unreadable_mail_is_a_visible_ticket_with_its_source(api: Api, cloud: Cloud) -> None:
    receive(cloud, b"\x00\xff garbage without any header")
    [ticket] = tickets(api)
    [mail] = messages(api, ticket)
    assert mail["class"] == "unreadable"
    assert api.get(f"/v1/messages/{mail['id']}/raw").ok()["url"].startswith("https://")
    assert outbox() == []


def test_a_bad_receipt_holds_up_nobody(api: Api, cloud: Cloud, ada: Any) -> None:
    cloud.sqs.send_message(QueueUrl=cloud["InboundMailQueue"], MessageBody="no receipt at all")
    arrive(cloud, write())
    received = cloud.receive("InboundMailQueue")
    assert len(cloud.deliver("InboundMailQueue", received)) == 1
    assert len(tickets(api)) == 1


def test_the_timeline_shows_it_all_newest_first(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write())
    [ticket] = tickets(api)
    api.post(f"/v1/tickets/{ticket['id']}/messages", {"text": "We send a new one."}).ok(201)
    cloud.pump()
    call = {"channel": "phone", "direction": "inbound", "summary": "Asked for the invoice"}
    api.post(f"/v1/customers/{ada['id']}/interactions", call).ok(201)
    entries = api.get(f"/v1/customers/{ada['id']}/timeline").ok()["data"]
    assert [entry["type"] for entry in entries] == [
        "interaction.logged",
        "mail.sent",
        "mail.queued",
        "mail.sent",
        "mail.queued",
        "mail.received",
        "ticket.opened",
        "customer.registered",
    ]
    assert entries[0]["summary"] == "Asked for the invoice"
    assert entries[5]["details"]["subject"] == "Broken kettle"
    only = api.get(f"/v1/customers/{ada['id']}/timeline?type=mail.received&channel=email").ok()["data"]
    assert [entry["type"] for entry in only] == ["mail.received"]
