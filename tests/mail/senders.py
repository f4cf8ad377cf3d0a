"""SES that refuses, and mails on their way to it."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib.kernel import aws
from tests.cloud import Cloud

QUEUE = "OutboundMailQueue"


MAIL = {"email": "bob@example.net", "subject": "Your order", "text": "It is on its way."}


def says(monkeypatch: pytest.MonkeyPatch, answer: Exception) -> None:
    def refuse(**_: Any) -> None:
        raise answer

    monkeypatch.setattr(aws.ses(), "send_raw_email", refuse)


def error(code: str, status: int = 400) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": "because"},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "SendRawEmail")


def end_claim(cloud: Cloud, message_id: str) -> None:
    boto3.client("dynamodb").update_item(
        TableName=cloud["Table"],
        Key={"pk": {"S": f"MSG#{message_id}"}, "sk": {"S": "MAIL"}},
        UpdateExpression="SET claimed_until = :past",
        ExpressionAttributeValues={":past": {"N": "1"}},
    )


def types(cloud: Cloud, message_id: str) -> list[str]:
    events = [i for i in cloud.items() if i["sk"].startswith("EVT#") and i["pk"] == f"MSG#{message_id}"]
    return [event["type"] for event in sorted(events, key=lambda item: str(item["sk"]))]
