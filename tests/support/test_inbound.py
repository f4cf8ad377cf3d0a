"""Mails become tickets, answers find them, machines are not answered, and nothing is filed twice."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from tests import mailbox
from tests.api import Api
from tests.cloud import MAIL_DOMAIN, SUPPORT_ADDRESS, Cloud
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


def test_the_acknowledgement_threads_and_asks_for_no_answer(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write(message_id="<first@example.org>"))
    [sent] = outbox()
    [ticket] = tickets(api)
    assert sent["To"] == "Ada Lovelace <ada@example.org>"
    assert sent["In-Reply-To"] == "<first@example.org>"
    assert sent["References"].split()[-1] == "<first@example.org>"
    assert sent["References"].split()[0].endswith(f"@{MAIL_DOMAIN}>")
    assert sent["Auto-Submitted"] == "auto-replied"
    assert sent["Precedence"] == "auto_reply"
    assert f"[#{ticket['tag']}]" in sent["Subject"]
    assert sent["Reply-To"].addresses[0].username.startswith("support+")
    assert len(sent["Reply-To"].addresses[0].username) <= 64


@pytest.mark.parametrize("way", ["token", "signed id", "ses id", "own message id", "tag"])
def test_an_answer_finds_its_ticket(api: Api, cloud: Cloud, ada: Any, way: str) -> None:
    receive(cloud, write(message_id="<first@example.org>"))
    [sent] = outbox()
    [ticket] = tickets(api)
    api.patch(f"/v1/tickets/{ticket['id']}", {"status": "solved"}).ok()
    answer: Any = {
        "token": {"to": sent["Reply-To"].addresses[0].addr_spec.upper()},
        "signed id": {"References": sent["References"].split()[0]},
        "ses id": {"In_Reply_To": f"<{mailbox.ses_ids()[0]}@us-east-1.amazonses.com>"},
        "own message id": {"References": "<unknown@x>, <first@example.org>"},
        "tag": {"subject": f"AW: kettle [#{ticket['tag'].lower()}]"},
    }[way]
    raw = write("It works again.", **answer)
    receive(cloud, raw, to=answer.get("to", SUPPORT_ADDRESS))
    assert [one["id"] for one in tickets(api)] == [ticket["id"]]
    assert messages(api, ticket)[0]["text"].strip() == "It works again."
    assert tickets(api)[0]["status"] == "open", "a person's answer reopens"
    assert len(outbox()) == 1, "only what opens a ticket is acknowledged"


def test_a_tag_alone_lets_no_stranger_in(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write())
    [ticket] = tickets(api)
    raw = write("Tell me more.", sender="eve@evil.example", subject=f"Re: [#{ticket['tag']}]")
    receive(cloud, raw, sender="eve@evil.example")
    assert len(tickets(api)) == 2


def test_a_forged_token_leads_nowhere(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write())
    address = outbox()[0]["Reply-To"].addresses[0].addr_spec
    forged = address.replace("@", ("a" if address.split("@")[0][-1] != "a" else "b") + "@", 1).replace(
        "+0", "+1"
    )
    receive(cloud, write("Hello", to=forged), to=forged)
    assert len(tickets(api)) == 2


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


def test_an_out_of_office_changes_nothing(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write())
    [ticket] = tickets(api)
    api.patch(f"/v1/tickets/{ticket['id']}", {"status": "pending"}).ok()
    before = api.get(f"/v1/tickets/{ticket['id']}").ok()
    reply_to = outbox()[0]["Reply-To"].addresses[0].addr_spec
    away = write("I am away.", to=reply_to, subject="Out of office", Auto_Submitted="auto-replied")
    receive(cloud, away, to=reply_to)
    assert api.get(f"/v1/tickets/{ticket['id']}").ok() == before
    newest = messages(api, ticket)[0]
    assert (newest["class"], newest["text"].strip()) == ("auto_reply", "I am away.")
    assert len(outbox()) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-generated"},
        {"List_Id": "<news.example.org>"},
        {"Precedence": "bulk"},
        {"subject": "Automatische Antwort: Urlaub"},
    ],
)
def test_machines_are_filed_but_not_answered(api: Api, cloud: Cloud, headers: Any) -> None:
    receive(cloud, write(sender="robot@example.net", **headers), sender="robot@example.net")
    [ticket] = tickets(api)
    assert ticket["customer_id"] is None
    assert outbox() == []


def test_acknowledgements_to_one_address_are_capped(api: Api, cloud: Cloud, ada: Any) -> None:
    for number in range(13):
        arrive(cloud, write(subject=f"Question {number}"))
    arrive(cloud, write(subject="Re: Question 1"))
    cloud.pump(rounds=20)
    assert len(tickets(api)) == 14
    assert len(outbox()) == 10


def test_a_second_mail_with_the_same_subject_is_not_acknowledged(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write())
    receive(cloud, write("And another thing"))
    assert len(tickets(api)) == 2
    assert len(outbox()) == 1


def test_the_surest_way_to_a_ticket_decides(api: Api, cloud: Cloud, ada: Any) -> None:
    """The token, then In-Reply-To, then References from right to left, then the tag."""
    for number in range(4):
        receive(cloud, write(subject=f"Kettle {number}", message_id=f"<k{number}@example.org>"))
    mails = {str(one["Subject"])[:12]: one for one in outbox()}
    opened = {one["subject"]: one for one in tickets(api)}
    ways: dict[str, Any] = {
        "to": mails["Re: Kettle 0"]["Reply-To"].addresses[0].addr_spec,
        "In_Reply_To": "<k1@example.org>",
        "References": "<k0@example.org> <k2@example.org>",
        "subject": f"Re: Kettle [#{opened['Kettle 3']['tag']}]",
    }
    for number, way in enumerate(["to", "In_Reply_To", "References", "subject"]):
        raw = write(f"answer {number}", **ways)
        receive(cloud, raw, to=ways.get("to", SUPPORT_ADDRESS))
        assert messages(api, opened[f"Kettle {number}"])[0]["text"].strip() == f"answer {number}"
        del ways[way]


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


def test_a_bounce_joins_what_it_reports_on_and_opens_no_ticket(api: Api, cloud: Cloud, ada: Any) -> None:
    receive(cloud, write())
    [ticket] = tickets(api)
    report = write(
        "The following message to <ada@example.org> was undeliverable.",
        sender="MAILER-DAEMON@mx.example.org",
        subject="Undelivered Mail Returned to Sender",
        In_Reply_To=f"<{mailbox.ses_ids()[0]}@email.amazonses.com>",
    )
    receive(cloud, report, sender="")
    receive(cloud, write("?", sender="MAILER-DAEMON@mx.example.org", subject="Undelivered Mail"), sender="")
    assert [one["id"] for one in tickets(api)] == [ticket["id"]]
    assert messages(api, ticket)[0]["class"] == "bounce"
    assert len(outbox()) == 1


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
