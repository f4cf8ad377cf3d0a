"""The messages that Amazon SES publishes: mail received, and what became of mail sent.

Shapes: docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html and
…/event-publishing-retrieving-sns-contents.html.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local import headers as mail_headers

Message = dict[str, Any]

VERDICTS = ("spam", "virus", "spf", "dkim", "dmarc")
VERDICT_VALUES = ("PASS", "FAIL", "GRAY", "PROCESSING_FAILED")
DMARC_POLICIES = ("none", "quarantine", "reject")
HEADERS_LIMIT = 10 * 1024
"""SES cuts the headers in its messages at 10 KB and says so."""


def timestamp(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds, as SES writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def _within_limit(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    used, kept = 0, []
    for name, value in pairs:
        used += len(name.encode()) + len(value.encode()) + 4
        if used > HEADERS_LIMIT:
            break
        kept.append((name, value))
    return kept


def _mail(
    headers: list[tuple[str, str]], message_id: str, source: str, to: list[str], at: datetime
) -> Message:
    """The `mail` object that both kinds of messages carry."""
    kept = _within_limit(headers)
    common: Message = {
        "returnPath": source,
        "from": mail_headers.addresses(kept, "From"),
        "to": mail_headers.addresses(kept, "To"),
        "date": mail_headers.first(kept, "Date"),
        "messageId": mail_headers.first(kept, "Message-ID"),
        "subject": mail_headers.first(kept, "Subject"),
    }
    return {
        "timestamp": timestamp(at),
        "source": source,
        "messageId": message_id,
        "destination": to,
        "headersTruncated": len(kept) < len(headers),
        "headers": [{"name": name, "value": value} for name, value in kept],
        "commonHeaders": {name: value for name, value in common.items() if value},
    }


def verdicts(headers: list[tuple[str, str]]) -> Message:
    """PASS each, unless the sender of a test asks otherwise: `X-Local-Spam-Verdict: FAIL` and so on.

    A failed DMARC check carries the domain's policy, `X-Local-Dmarc-Policy` or none.
    """
    found: Message = {}
    for name in VERDICTS:
        wanted = mail_headers.first(headers, f"X-Local-{name}-Verdict").strip().upper()
        found[f"{name}Verdict"] = {"status": wanted if wanted in VERDICT_VALUES else "PASS"}
    if found["dmarcVerdict"]["status"] == "FAIL":
        policy = mail_headers.first(headers, "X-Local-Dmarc-Policy").strip().lower()
        found["dmarcPolicy"] = policy if policy in DMARC_POLICIES else "none"
    return found


@dataclass(frozen=True)
class Arrival:
    """A mail at the door: its envelope, when it came, and where its raw text was put."""

    message_id: str
    sender: str
    recipients: list[str]
    at: datetime
    bucket: str
    key: str
    topic_arn: str


def received(arrival: Arrival, headers: list[tuple[str, str]]) -> Message:
    """The notification of a receipt rule's `S3Action` with `TopicArn`."""
    action = {
        "type": "S3",
        "topicArn": arrival.topic_arn,
        "bucketName": arrival.bucket,
        "objectKey": arrival.key,
    }
    public = [(name, value) for name, value in headers if not name.lower().startswith("x-local-")]
    to = mail_headers.addresses(public, "To") or arrival.recipients
    return {
        "notificationType": "Received",
        "mail": _mail(public, arrival.message_id, arrival.sender, to, arrival.at),
        "receipt": {
            "timestamp": timestamp(arrival.at),
            "processingTimeMillis": 1,
            "recipients": arrival.recipients,
            **verdicts(headers),
            "action": action,
        },
    }


@dataclass(frozen=True)
class Sent:
    """A mail that SES took for sending, as it stands after SES has changed its headers."""

    message_id: str
    sender: str
    recipients: list[str]
    at: datetime
    headers: list[tuple[str, str]]
    tags: dict[str, list[str]] = field(default_factory=dict)


def tags_of(header: str) -> dict[str, list[str]]:
    """`X-SES-MESSAGE-TAGS: a=1, b=2` as the `mail.tags` of events: `{"a": ["1"], "b": ["2"]}`."""
    found: dict[str, list[str]] = {}
    for part in header.split(","):
        name, equals, value = part.partition("=")
        if equals:
            found.setdefault(name.strip(), []).append(value.strip())
    return found


def _simulated(address: str) -> str:
    """Which mailbox of the SES simulator an address names; labels (`bounce+x@`) are allowed."""
    return address.rpartition("@")[0].partition("+")[0].lower()


def events(sent: Sent) -> list[Message]:
    """What SES publishes about a mail: Send, then Delivery, Bounce and Complaint as they apply.

    Local parts of the SES mailbox simulator decide, at any domain: `bounce` and `suppressionlist` bounce,
    `complaint` is delivered and then complains; all others are delivered.
    """
    by_fate: dict[str, list[str]] = {"bounce": [], "suppressionlist": [], "complaint": [], "delivery": []}
    for recipient in sent.recipients:
        fate = _simulated(recipient)
        by_fate[fate if fate in by_fate else "delivery"].append(recipient)
    found = [_event(sent, "Send", {})]
    if by_fate["delivery"] or by_fate["complaint"]:
        found.append(_event(sent, "Delivery", _delivery(sent, by_fate["delivery"] + by_fate["complaint"])))
    if by_fate["bounce"]:
        found.append(_event(sent, "Bounce", _bounce(sent, by_fate["bounce"], "General")))
    if by_fate["suppressionlist"]:
        found.append(_event(sent, "Bounce", _bounce(sent, by_fate["suppressionlist"], "Suppressed")))
    if by_fate["complaint"]:
        found.append(_event(sent, "Complaint", _complaint(sent, by_fate["complaint"])))
    return found


def _event(sent: Sent, kind: str, detail: Message) -> Message:
    mail = _mail(sent.headers, sent.message_id, sent.sender, sent.recipients, sent.at)
    return {"eventType": kind, "mail": {**mail, "tags": sent.tags}, kind.lower(): detail}


def _delivery(sent: Sent, recipients: list[str]) -> Message:
    return {
        "timestamp": timestamp(sent.at),
        "processingTimeMillis": 1,
        "recipients": recipients,
        "smtpResponse": "250 2.0.0 OK",
        "reportingMTA": "local.smtp-out.amazonses.com",
    }


def _bounce(sent: Sent, recipients: list[str], subtype: str) -> Message:
    failure = {"action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
    return {
        "feedbackId": secrets.token_hex(16),
        "bounceType": "Permanent",
        "bounceSubType": subtype,
        "bouncedRecipients": [{"emailAddress": address, **failure} for address in recipients],
        "timestamp": timestamp(sent.at),
        "reportingMTA": "dns; local.smtp-out.amazonses.com",
    }


def _complaint(sent: Sent, recipients: list[str]) -> Message:
    return {
        "feedbackId": secrets.token_hex(16),
        "complaintSubType": None,
        "complainedRecipients": [{"emailAddress": address} for address in recipients],
        "timestamp": timestamp(sent.at),
        "userAgent": "Amazon SES Mailbox Simulator",
        "complaintFeedbackType": "abuse",
        "arrivalDate": timestamp(sent.at),
    }
