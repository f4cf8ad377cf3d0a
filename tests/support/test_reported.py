"""Delivery reports and complaints in a mailbox, and what they change of the mail they are about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.mail import bouncing, suppression
from chalicelib.mail.bouncing import Failed
from tests import mailbox
from tests.api import Api
from tests.cloud import Cloud
from tests.mail.mails import letter, of_parts, part
from tests.mailbox import outbox, receive, report, write
from tests.support.lists import messages, tickets

DAEMON = "MAILER-DAEMON@mx.example.org"


def bounce(sent_id: str, recipient: str, *, status: str = "5.1.1", action: str = "failed") -> bytes:
    """A report about the mail to which SES gave this id."""
    fields = f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\n"
    return of_parts(
        "report; report-type=delivery-status",
        part("Something went wrong.", "Content-Type: text/plain"),
        part(f"Reporting-MTA: dns; mx.example.org\n\n{fields}", "Content-Type: message/delivery-status"),
        part(
            letter("hello", f"Message-ID: <{sent_id}@eu-west-1.amazonses.com>"),
            "Content-Type: message/rfc822",
        ),
        headers=(f"From: {DAEMON}", f"Message-ID: <{sent_id}.{recipient}.{status}@mx.example.org>"),
    )


def complaint(sent_id: str, recipient: str, kind: str) -> bytes:
    return of_parts(
        "report; report-type=feedback-report",
        part("A person complained.", "Content-Type: text/plain"),
        part(
            f"Feedback-Type: {kind}\nVersion: 1\nOriginal-Rcpt-To: {recipient}\n",
            "Content-Type: message/feedback-report",
        ),
        part(
            letter("hello", f"Message-ID: <{sent_id}@eu-west-1.amazonses.com>"),
            "Content-Type: message/rfc822",
        ),
        headers=("From: fbl@provider.example",),
    )


def acknowledged(api: Api, cloud: Cloud) -> tuple[Any, str]:
    """A ticket of Ada's, and the id that SES gave its acknowledgement."""
    receive(cloud, write())
    assert len(outbox()) == 1
    return tickets(api)[0], mailbox.ses_ids()[0]


def suppressed(cloud: Cloud) -> list[str]:
    return [item["reason"] for item in cloud.items() if item["sk"] == "SUP" and "reason" in item]


def ours(api: Api, ticket: Any) -> Any:
    [message] = [one for one in messages(api, ticket) if one["direction"] == "outbound"]
    return message


def test_a_hard_bounce_is_attached_and_ends_the_address(api: Api, cloud: Cloud, ada: Any) -> None:
    ticket, sent_id = acknowledged(api, cloud)
    receive(cloud, bounce(sent_id, "Ada@Example.org"), sender="")
    mail = messages(api, ticket)[0]
    assert (mail["class"], mail["reports_on"]) == ("bounce", ours(api, ticket)["id"])
    assert mail["reported"] == [
        {
            "recipient": "Ada@example.org",
            "action": "failed",
            "status": "5.1.1",
            "hard": True,
            "diagnostic": None,
        }
    ]
    assert ours(api, ticket)["status"] == "bounced"
    assert suppressed(cloud) == ["bounce"]
    timeline = api.get(f"/v1/customers/{ada['id']}/timeline").ok()["data"]
    assert "mail.bounced" in [entry["type"] for entry in timeline]
    assert len(outbox()) == 1, "nobody acknowledges a report"
    assert len(tickets(api)) == 1
    assert api.get("/v1/messages?class=bounce").ok()["data"][0]["id"] == mail["id"]


@pytest.mark.parametrize(
    ("recipient", "status", "action", "becomes"),
    [
        ("ada@example.org", "5.2.2", "failed", "bounced"),
        ("ada@example.org", "4.4.7", "delayed", "sent"),
        ("ada@inner.example", "5.1.1", "failed", "bounced"),
    ],
)
def test_what_ends_no_address(
    api: Api, cloud: Cloud, ada: Any, recipient: str, status: str, action: str, becomes: str
) -> None:
    ticket, sent_id = acknowledged(api, cloud)
    receive(cloud, bounce(sent_id, recipient, status=status, action=action), sender="")
    assert ours(api, ticket)["status"] == becomes
    assert suppressed(cloud) == []


def test_soft_bounces_by_mail_and_by_event_count_together(api: Api, cloud: Cloud, ada: Any) -> None:
    ticket, sent_id = acknowledged(api, cloud)
    now = datetime.now(UTC)
    for days in (9, 4):
        bouncing.note([Failed("ada@example.org", "soft", now - timedelta(days=days))], now)
    full = bounce(sent_id, "Ada@Example.org", status="5.2.2")
    receive(cloud, full, sender="")
    receive(cloud, full.replace(b"wrong", b"wrong again"), sender="")
    found = suppression.of_address("ada@example.org")
    assert found is not None
    assert found.reason == "soft_bounces"
    assert found.until is not None
    assert ours(api, ticket)["status"] == "bounced"


def test_a_forger_can_end_no_address(api: Api, cloud: Cloud, ada: Any) -> None:
    _, sent_id = acknowledged(api, cloud)
    receive(cloud, bounce("0100-guessed", "ada@example.org"), sender="")
    receive(cloud, bounce(sent_id, "victim@example.net"), sender="")
    assert suppressed(cloud) == []
    assert len(tickets(api)) == 1
    [stray] = api.get("/v1/messages?thread=none").ok()["data"]
    assert stray["class"] == "bounce"


def test_a_report_says_nothing_that_ses_has_told(api: Api, cloud: Cloud, ada: Any) -> None:
    ticket, sent_id = acknowledged(api, cloud)
    report(cloud, "Bounce", ours(api, ticket)["id"], "ada@example.org", customer=ada["id"])
    cloud.pump()
    receive(cloud, bounce(sent_id, "ada@example.org"), sender="")
    timeline = api.get(f"/v1/customers/{ada['id']}/timeline").ok()["data"]
    assert [entry["type"] for entry in timeline].count("mail.bounced") == 1
    assert messages(api, ticket)[0]["reports_on"] == ours(api, ticket)["id"]


@pytest.mark.parametrize(
    ("kind", "reasons"), [("abuse", ["complaint"]), ("not-spam", []), ("auth-failure", [])]
)
def test_a_complaint_ends_the_address_unless_it_is_none(
    api: Api, cloud: Cloud, ada: Any, kind: str, reasons: list[str]
) -> None:
    ticket, sent_id = acknowledged(api, cloud)
    receive(cloud, complaint(sent_id, "ada@example.org", kind), sender="fbl@provider.example")
    assert suppressed(cloud) == reasons
    assert (ours(api, ticket)["status"] == "complained") is bool(reasons)
    assert messages(api, ticket)[0]["class"] == "complaint"
    assert len(tickets(api)) == 1


def test_a_single_mail_without_a_ticket_is_found_too(api: Api, cloud: Cloud, ada: Any) -> None:
    sent = api.post("/v1/messages", {"customer_id": ada["id"], "subject": "News", "text": "x"}).ok(201)
    cloud.pump()
    receive(cloud, bounce(mailbox.ses_ids()[0], "ada@example.org"), sender="")
    assert api.get(f"/v1/messages/{sent['id']}").ok()["status"] == "bounced"
    assert suppressed(cloud) == ["bounce"]
    [stray] = api.get("/v1/messages?thread=none").ok()["data"]
    assert (stray["reports_on"], stray["customer_id"]) == (sent["id"], ada["id"]), "so erasure finds it"


def test_an_answer_that_was_split_off_is_found_by_its_reports(api: Api, cloud: Cloud, ada: Any) -> None:
    ticket, sent_id = acknowledged(api, cloud)
    acknowledgement = ours(api, ticket)["id"]
    body = {"message_ids": [acknowledgement], "subject": "Thanks"}
    new = api.post(f"/v1/tickets/{ticket['id']}/split", body).ok(201)
    receive(cloud, bounce(sent_id, "ada@example.org"), sender="")
    reports = [one["reports_on"] for one in messages(api, new) if one["class"] == "bounce"]
    assert reports == [acknowledgement]
    assert suppressed(cloud) == ["bounce"]
