"""Mails as people send them, brought in the way SES brings them: raw to S3, a receipt to the topic."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from typing import Any

import boto3
from moto.ses.models import ses_backends

from tests.cloud import Cloud
from tests.stack import SUPPORT_ADDRESS

_numbers = itertools.count(1)


def write(
    text: str = "My kettle is broken.",
    *,
    sender: str = "Ada Lovelace <ada@example.org>",
    to: str = SUPPORT_ADDRESS,
    subject: str = "Broken kettle",
    message_id: str | None = None,
    html: str | None = None,
    attachment: bytes | None = None,
    **headers: str,
) -> bytes:
    """A raw mail; headers are given with underscores: `In_Reply_To="<…>"`."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = message_id or f"<{next(_numbers)}.mail@example.org>"
    mail["Date"] = "Fri, 20 Nov 2026 10:00:00 +0000"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    if attachment:
        mail.add_attachment(attachment, maintype="image", subtype="png", filename="kettle.png")
    return mail.as_bytes()


def receipt(
    ses_id: str, bucket: str, recipients: list[str], sender: str, policy: str = "reject", **verdicts: str
) -> dict[str, Any]:
    """What SES publishes for a mail it stored."""
    found = {
        name: {"status": verdicts.get(name, "PASS")} for name in ("spam", "virus", "spf", "dkim", "dmarc")
    }
    return {
        "notificationType": "Received",
        "mail": {
            "messageId": ses_id,
            "source": sender,
            "destination": recipients,
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "headersTruncated": False,
        },
        "receipt": {
            "recipients": recipients,
            **{f"{name}Verdict": verdict for name, verdict in found.items()},
            **({"dmarcPolicy": policy} if policy else {}),
            "action": {"type": "S3", "bucketName": bucket, "objectKey": f"inbound/{ses_id}", "topicArn": "x"},
        },
    }


def arrive(
    cloud: Cloud,
    raw: bytes,
    *,
    to: str | list[str] = SUPPORT_ADDRESS,
    sender: str = "ada@example.org",
    **verdicts: str,
) -> str:
    """Bring a mail to the inbound queue, as SES would; SES's id of it."""
    ses_id = f"ses{next(_numbers):040d}"
    bucket = cloud["MailBucket"]
    boto3.client("s3").put_object(Bucket=bucket, Key=f"inbound/{ses_id}", Body=raw)
    notice = receipt(ses_id, bucket, [to] if isinstance(to, str) else to, sender, **verdicts)
    boto3.client("sns").publish(TopicArn=cloud["InboundMailTopic"], Message=json.dumps(notice))
    return ses_id


def receive(cloud: Cloud, raw: bytes, **options: Any) -> None:
    """Bring a mail in and let everything happen that follows."""
    arrive(cloud, raw, **options)
    cloud.pump()


def _sent() -> list[Any]:
    account = "123456789012"
    return list(ses_backends[account]["us-east-1"].sent_messages)


def outbox() -> list[EmailMessage]:
    """The mails that SES was given, oldest first, parsed."""
    found = [message_from_string(one.raw_data, policy=default) for one in _sent()]
    return [mail for mail in found if isinstance(mail, EmailMessage)]


def sent_bytes() -> list[bytes]:
    """The same as SES was given them, byte for byte."""
    return [str(one.raw_data).encode() for one in _sent()]


def ses_ids() -> list[str]:
    """SES's ids of the mails it was given, oldest first."""
    return [one.id.partition("@")[0] for one in _sent()]


def report(
    cloud: Cloud, kind: str, message_id: str, recipient: str, *, customer: str | None = None, **more: Any
) -> None:
    """Publish what SES publishes about a sent mail: `Delivery`, `Bounce` or `Complaint`."""
    tags = {"message": [message_id]} | ({"customer": [customer]} if customer else {})
    details: dict[str, Any] = {
        "Delivery": {"delivery": {"recipients": [recipient], "timestamp": "2026-11-20T10:00:05.000Z"}},
        "Bounce": {
            "bounce": {
                "bounceType": more.get("bounce_type", "Permanent"),
                "bouncedRecipients": [
                    {"emailAddress": recipient, "diagnosticCode": "smtp; 550 5.1.1 unknown"}
                ],
                "timestamp": "2026-11-20T10:00:05.000Z",
            }
        },
        "Complaint": {
            "complaint": {
                "complainedRecipients": [{"emailAddress": recipient}],
                "complaintFeedbackType": "abuse",
                "timestamp": "2026-11-20T10:00:05.000Z",
            }
        },
    }[kind]
    notice = {
        "eventType": kind,
        "mail": {
            "messageId": "0100",
            "destination": [recipient],
            "timestamp": "2026-11-20T10:00:00.000Z",
            "tags": tags,
        },
        **details,
    }
    boto3.client("sns").publish(TopicArn=cloud["MailEventsTopic"], Message=json.dumps(notice))
