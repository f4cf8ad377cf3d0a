"""Each recipient of each event, in either shape that SES has."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.kernel.errors import Invalid
from chalicelib.mail.notices.delivery_events import DeliveryEvent, read_delivery_events

MAIL = {
    "timestamp": "2026-03-01T12:00:00.000Z",
    "messageId": "0102-abc-000000",
    "destination": ["bob@example.org", "carol@example.org"],
    "tags": {"message": ["msg_01J"], "customer": ["cus_01J"], "ses:from-domain": ["shop.example"]},
}


def events(
    kind: str, details: dict[str, Any] | None = None, *, shape: str = "eventType", **mail: Any
) -> list[DeliveryEvent]:
    section = {"DeliveryDelay": "deliveryDelay"}.get(kind, kind.lower())
    return read_delivery_events(json.dumps({shape: kind, "mail": MAIL | mail, section: details or {}}))


@pytest.mark.parametrize("shape", ["eventType", "notificationType"])
def test_every_bounced_recipient(shape: str) -> None:
    found = events(
        "Bounce",
        {
            "bounceType": "Permanent",
            "timestamp": "2026-03-01T12:00:05.000Z",
            "bouncedRecipients": [
                {
                    "emailAddress": "bob@example.org",
                    "status": "5.1.1",
                    "diagnosticCode": "smtp; 550\n5.1.1 no",
                },
                {"emailAddress": "Carol <carol@example.org>"},
            ],
        },
        shape=shape,
    )

    assert [(one.kind, one.hard, one.recipient) for one in found] == [
        ("bounced", True, "bob@example.org"),
        ("bounced", True, "carol@example.org"),
    ]
    assert found[0].diagnostic == "smtp; 550 5.1.1 no"
    assert (found[0].message_id, found[0].customer_id) == ("msg_01J", "cus_01J")
    assert found[0].ses_message_id == "0102-abc-000000"
    assert found[0].at.isoformat() == "2026-03-01T12:00:05+00:00"


@pytest.mark.parametrize(
    ("bounce_type", "recipient", "hard"),
    [
        ("Transient", {"status": "4.2.2"}, False),
        ("Transient", {"status": "5.2.2"}, False),
        ("Undetermined", {"status": "5.1.1"}, True),
        ("Undetermined", {"diagnosticCode": "smtp; 550 5.4.1 rejected"}, True),
        ("Undetermined", {}, False),
        ("Permanent", {}, True),
    ],
)
def test_hard_and_soft(bounce_type: str, recipient: dict[str, str], hard: bool) -> None:
    bounced = [{"emailAddress": "bob@example.org"} | recipient]
    (one,) = events("Bounce", {"bounceType": bounce_type, "bouncedRecipients": bounced})

    assert one.hard is hard


def test_complaints_are_hard_unless_they_are_praise() -> None:
    details = {
        "complainedRecipients": [{"emailAddress": "bob@example.org"}],
        "complaintFeedbackType": "abuse",
    }
    (one,) = events("Complaint", details)

    assert (one.kind, one.hard, one.diagnostic) == ("complained", True, "abuse")
    assert events("Complaint", details | {"complaintFeedbackType": "not-spam"}) == []


def test_sent_delivered_delayed_rejected() -> None:
    assert [one.recipient for one in events("Send")] == MAIL["destination"]
    (delivered,) = events("Delivery", {"recipients": ["bob@example.org"], "smtpResponse": "250 ok"})
    assert (delivered.kind, delivered.diagnostic) == ("delivered", "250 ok")
    (delayed,) = events(
        "DeliveryDelay",
        {"delayType": "MailboxFull", "delayedRecipients": [{"emailAddress": "bob@example.org"}]},
    )
    assert (delayed.kind, delayed.hard, delayed.diagnostic) == ("delayed", False, "MailboxFull")
    assert {(one.kind, one.diagnostic) for one in events("Reject", {"reason": "Bad content"})} == {
        ("rejected", "Bad content")
    }


def test_without_tags_the_ses_id_remains() -> None:
    one = events("Send", tags=None, messageId="<0102-abc@eu-west-1.amazonses.com>")[0]

    assert (one.message_id, one.customer_id, one.ses_message_id) == (None, None, "0102-abc")


def test_a_strange_tag_is_none() -> None:
    assert events("Send", tags={"message": ["a b"], "customer": "cus_1"})[0].message_id is None


def test_a_long_diagnostic_is_cut() -> None:
    (one,) = events("Delivery", {"recipients": ["bob@example.org"], "smtpResponse": "x" * 900})

    assert len(one.diagnostic or "") == 300


def test_the_envelope_of_sns_is_opened() -> None:
    message = json.dumps({"eventType": "Send", "mail": MAIL, "send": {}})

    assert len(read_delivery_events(json.dumps({"TopicArn": "arn:x", "Message": message}))) == 2


def test_what_we_do_not_follow_is_empty() -> None:
    assert events("Open") == []
    assert events("Rendering Failure") == []
    assert read_delivery_events("Successfully validated SNS topic for Amazon SES event publishing.") == []


@pytest.mark.parametrize(
    "body",
    [
        "",
        "x",
        "[]",
        "{}",
        '{"eventType": "Bounce"}',
        '{"eventType": "Send", "mail": {"destination": ["a@x.org"]}}',
        '{"eventType": "Send", "mail": {"destination": ["a@x.org"], "timestamp": "soon", "messageId": "x"}}',
        '{"eventType": "Bounce", "mail": {"timestamp": "2026-03-01T12:00:00Z", "messageId": "x"},'
        ' "bounce": {"bouncedRecipients": [{"status": "5.1.1"}]}}',
    ],
)
def test_garbage_is_invalid(body: str) -> None:
    with pytest.raises(Invalid):
        read_delivery_events(body)
