"""The receipt is read as SES publishes it, and unknown verdicts are never taken for a pass."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.errors import Invalid
from chalicelib.mail.notices.receipts import Receipt, read_receipt


def notification(**verdicts: str) -> dict[str, Any]:
    receipt: dict[str, Any] = {
        "timestamp": "2026-03-01T12:00:00.000Z",
        "recipients": ["help@shop.example", "sales@shop.example"],
        "action": {
            "type": "S3",
            "topicArn": "arn:aws:sns:eu-west-1:123456789012:inbound",
            "bucketName": "mails",
            "objectKey": "inbound/abc123",
        },
    }
    policy = verdicts.pop("policy", None)
    receipt |= {f"{name}Verdict": {"status": status} for name, status in verdicts.items()}
    receipt |= {"dmarcPolicy": policy} if policy else {}
    mail = {"messageId": "abc123", "source": "ada@example.org", "timestamp": "2026-03-01T12:00:00.000Z"}
    return {"notificationType": "Received", "mail": mail | {"headersTruncated": True}, "receipt": receipt}


def received(message: dict[str, Any]) -> Receipt:
    receipt = read_receipt(json.dumps(message))
    assert receipt is not None
    return receipt


def test_what_a_receipt_holds() -> None:
    receipt = received(notification(spam="PASS", virus="PASS", spf="PASS", dkim="PASS", dmarc="PASS"))

    assert (receipt.ses_message_id, receipt.bucket, receipt.key) == ("abc123", "mails", "inbound/abc123")
    assert receipt.envelope_sender == "ada@example.org"
    assert receipt.recipients == ("help@shop.example", "sales@shop.example")
    assert receipt.received_at.isoformat() == "2026-03-01T12:00:00+00:00"
    assert (receipt.is_spam, receipt.is_infected, receipt.sender_verified) == (False, False, True)


def test_the_envelope_of_sns_is_opened() -> None:
    message = notification(spam="FAIL")
    wrapped = {"Type": "Notification", "TopicArn": "arn:x", "Message": json.dumps(message)}

    assert received(wrapped) == received(message)


@pytest.mark.parametrize("status", ["GRAY", "PROCESSING_FAILED", "", "nonsense"])
def test_what_is_not_known_is_unknown(status: str) -> None:
    receipt = received(notification(spam=status, virus=status, spf=status))

    assert (receipt.spam, receipt.virus, receipt.spf, receipt.dkim) == ("UNKNOWN",) * 4
    assert not receipt.is_spam
    assert not receipt.is_infected


@pytest.mark.parametrize(
    ("verdicts", "verified"),
    [
        ({"dmarc": "FAIL", "policy": "reject"}, False),
        ({"dmarc": "FAIL", "policy": "QUARANTINE"}, False),
        ({"dmarc": "FAIL", "policy": "none"}, True),
        ({"dmarc": "FAIL"}, True),
        ({"spf": "FAIL", "dkim": "FAIL"}, False),
        ({"spf": "FAIL", "dkim": "PASS"}, True),
        ({"spf": "FAIL", "dkim": "GRAY"}, True),
    ],
)
def test_who_is_verified(verdicts: dict[str, str], verified: bool) -> None:
    assert received(notification(**verdicts)).sender_verified is verified


def test_spam_and_virus() -> None:
    receipt = received(notification(spam="FAIL", virus="FAIL"))

    assert receipt.is_spam
    assert receipt.is_infected


@pytest.mark.parametrize("source", ["", "<>"])
def test_the_null_sender(source: str) -> None:
    message = notification()
    message["mail"]["source"] = source

    assert received(message).envelope_sender == ""


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "mails"}),
        json.dumps({"notificationType": "AMAZON_SES_SETUP_NOTIFICATION"}),
        json.dumps(notification()).replace("abc123", "AMAZON_SES_SETUP_NOTIFICATION"),
        "Successfully validated SNS topic for Amazon SES event publishing.",
    ],
)
def test_set_up_and_test_messages_are_nothing(body: str) -> None:
    assert read_receipt(body) is None


@pytest.mark.parametrize(
    "body",
    ["", "{", "[]", "null", "3", '"x"', "{}", '{"mail": 1, "receipt": 2}', '{"Message": 3, "TopicArn": "x"}'],
)
def test_garbage_is_invalid(body: str) -> None:
    with pytest.raises(Invalid):
        read_receipt(body)


def test_a_receipt_without_recipients_is_invalid() -> None:
    message = notification()
    message["receipt"]["recipients"] = []

    with pytest.raises(Invalid):
        received(message)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["mail", "receipt", "action", "messageId", "Message"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_read_or_invalid(message: object) -> None:
    refused = False
    try:
        read_receipt(json.dumps(message))
    except Invalid:
        refused = True
    assert refused
