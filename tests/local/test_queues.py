"""Depths, draining and redriving, on queues in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from local.progress import Failed
from local.queues import all_queues, drain, redrive


@pytest.fixture
def sqs() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("sqs", "us-east-1")
        for name in ("feedback", "mail-events"):
            dead = client.create_queue(QueueName=f"rapport-local-{name}-dead-letters")["QueueUrl"]
            arn = client.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"][
                "QueueArn"
            ]
            policy = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})
            client.create_queue(QueueName=f"rapport-local-{name}", Attributes={"RedrivePolicy": policy})
        yield client


def url(sqs: Any, name: str) -> str:
    found: str = sqs.get_queue_url(QueueName=f"rapport-local-{name}")["QueueUrl"]
    return found


def test_dead_letters_go_back_with_their_attributes(sqs: Any) -> None:
    kind = {"kind": {"DataType": "String", "StringValue": "nps"}}
    for number in range(25):
        body = f"letter {number}"
        sqs.send_message(QueueUrl=url(sqs, "feedback-dead-letters"), MessageBody=body, MessageAttributes=kind)
    assert redrive(sqs, "feedback") == 25
    assert redrive(sqs, "feedback") == 0
    depths = {queue.name: queue.waiting for queue in all_queues(sqs)}
    assert depths["rapport-local-feedback"] == 25
    assert depths["rapport-local-feedback-dead-letters"] == 0
    back = sqs.receive_message(QueueUrl=url(sqs, "feedback"), MessageAttributeNames=["All"])["Messages"][0]
    assert back["MessageAttributes"]["kind"]["StringValue"] == "nps"


@pytest.mark.parametrize("name", ["nothing", "dead-letters", ""])
def test_what_is_not_one_queue_is_refused_with_the_names(sqs: Any, name: str) -> None:
    with pytest.raises(Failed, match="rapport-local-feedback, rapport-local-mail-events"):
        redrive(sqs, name)


def test_draining_waits_for_worker_queues_only(sqs: Any) -> None:
    sqs.send_message(QueueUrl=url(sqs, "feedback-dead-letters"), MessageBody="poison")
    assert drain(sqs, seconds=5)
    sqs.send_message(QueueUrl=url(sqs, "feedback"), MessageBody="work")
    assert not drain(sqs, seconds=0.1)
