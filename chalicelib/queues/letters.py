"""Dead letters: looked at, and moved back by SQS."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from chalicelib.kernel import aws
from chalicelib.kernel.errors import Conflict
from chalicelib.queues.cloud import arn, asked, url
from chalicelib.queues.model import DEAD


def peek(queue: str) -> list[Any]:
    """Some dead letters of a queue, which stay as they are: one call."""
    with asked("queue service"):
        answer = aws.sqs().receive_message(
            QueueUrl=url(queue + DEAD),
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            WaitTimeSeconds=0,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
    return list(answer.get("Messages", []))


def redrive(queue: str, rate: int | None) -> None:
    """Have SQS move the dead letters of a queue back: two calls. Raises Conflict `redrive_runs`."""
    more: Any = {"MaxNumberOfMessagesPerSecond": rate} if rate else {}
    dead = arn(queue + DEAD)
    with asked("queue service"):
        try:
            # The destination is named for those that the bus put there, which were in no queue before.
            home = dead.removesuffix(DEAD)
            aws.sqs().start_message_move_task(SourceArn=dead, DestinationArn=home, **more)
        except ClientError as error:
            if error.response["Error"]["Code"].endswith("UnsupportedOperation"):  # SQS moves once at a time
                raise Conflict("They are being moved already.", code="redrive_runs") from error
            raise


def redriven(queue: str) -> Any | None:
    """The newest move of a queue's dead letters, as SQS tells it: two calls."""
    dead = arn(queue + DEAD)
    with asked("queue service"):
        found = aws.sqs().list_message_move_tasks(SourceArn=dead, MaxResults=1).get("Results", [])
    return found[0] if found else None
