"""The messages that the local cloud publishes have the shapes that SES gives them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from local import headers
from local.ses_messages import HEADERS_LIMIT, Arrival, Sent, events, received, tags_of

AT = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
ARRIVAL = Arrival(
    "0a1b", "ada@example.com", ["support@shop.example"], AT, "mails", "inbound/0a1b", "arn:topic"
)


def sent_to(*recipients: str) -> Sent:
    return Sent(
        "ses-1", "support@shop.example", list(recipients), AT, [("Subject", "Hi")], {"message": ["msg_1"]}
    )


def test_a_received_mail_names_its_object_its_envelope_and_passes() -> None:
    notice = received(
        ARRIVAL, [("From", "Ada <ada@example.com>"), ("To", "support@shop.example"), ("Subject", "Hi")]
    )
    assert notice["notificationType"] == "Received"
    assert notice["mail"]["messageId"] == "0a1b"
    assert notice["mail"]["timestamp"] == "2026-11-21T12:00:00.123Z"
    assert notice["mail"]["commonHeaders"]["from"] == ["Ada <ada@example.com>"]
    assert notice["receipt"]["recipients"] == ["support@shop.example"]
    assert notice["receipt"]["action"] == {
        "type": "S3", "topicArn": "arn:topic", "bucketName": "mails", "objectKey": "inbound/0a1b",
    }  # fmt: skip
    verdicts = ("spamVerdict", "virusVerdict", "spfVerdict", "dkimVerdict", "dmarcVerdict")
    assert [notice["receipt"][name] for name in verdicts] == [{"status": "PASS"}] * 5


def test_test_headers_choose_the_verdicts_and_are_not_passed_on() -> None:
    asked = [
        ("X-Local-Spam-Verdict", "fail"),
        ("X-Local-DMARC-Verdict", "FAIL"),
        ("X-Local-Dmarc-Policy", "reject"),
    ]
    notice = received(ARRIVAL, [("Subject", "Hi"), *asked, ("X-Local-Virus-Verdict", "nonsense")])
    assert notice["receipt"]["spamVerdict"] == {"status": "FAIL"}
    assert notice["receipt"]["dmarcPolicy"] == "reject"
    assert notice["receipt"]["virusVerdict"] == {"status": "PASS"}
    assert [header["name"] for header in notice["mail"]["headers"]] == ["Subject"]


def test_headers_over_ten_kilobytes_are_cut_and_said_to_be() -> None:
    notice = received(ARRIVAL, [("Subject", "Hi"), ("X-Long", "x" * HEADERS_LIMIT)])
    assert notice["mail"]["headersTruncated"] is True
    assert len(notice["mail"]["headers"]) == 1


@pytest.mark.parametrize(
    ("recipients", "kinds"),
    [
        (["ada@example.com"], ["Send", "Delivery"]),
        (["bounce@example.com"], ["Send", "Bounce"]),
        (["Bounce+label@example.com"], ["Send", "Bounce"]),
        (["suppressionlist@example.com"], ["Send", "Bounce"]),
        (["complaint@example.com"], ["Send", "Delivery", "Complaint"]),
        (["ada@example.com", "bounce@example.com"], ["Send", "Delivery", "Bounce"]),
    ],
)
def test_the_simulators_names_decide_what_becomes_of_a_mail(recipients: list[str], kinds: list[str]) -> None:
    found = events(sent_to(*recipients))
    assert [event["eventType"] for event in found] == kinds
    assert all(event["mail"]["tags"] == {"message": ["msg_1"]} for event in found)
    assert all(event["mail"]["destination"] == recipients for event in found)
    assert all(event["eventType"].lower() in event for event in found)


def test_a_bounce_names_only_those_that_bounced() -> None:
    bounce = events(sent_to("ada@example.com", "bounce@example.com"))[-1]["bounce"]
    assert bounce["bounceType"] == "Permanent"
    assert [one["emailAddress"] for one in bounce["bouncedRecipients"]] == ["bounce@example.com"]


def test_tags_are_read_from_the_header() -> None:
    assert tags_of("message=msg_1, customer=cus_2,broken") == {"message": ["msg_1"], "customer": ["cus_2"]}


def test_headers_are_cut_out_with_their_folded_lines_and_the_body_stays() -> None:
    raw = b"Subject: a\r\nX-SES-MESSAGE-TAGS: message=1,\r\n customer=2\r\nTo: b\r\n\r\nX-SES-BODY: stays\r\n"
    assert headers.without(raw, "x-ses-") == b"Subject: a\r\nTo: b\r\n\r\nX-SES-BODY: stays\r\n"


@pytest.mark.parametrize(
    "raw", [b"", b"\r\n\r\n", b"no colon", b"A: \xff\xfe\r\n\r\n", b"To: " + b"(" * 5000]
)
def test_hostile_headers_never_raise(raw: bytes) -> None:
    assert received(ARRIVAL, headers.pairs(raw))["notificationType"] == "Received"
