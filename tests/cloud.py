"""A cloud in memory: the resources of tests/stack.py, and a pump that carries messages between them.

The pump does what AWS does between the parts: table stream -> publisher, queues -> workers, with every
message delivered twice and in another order where a test asks for it. moto itself carries bus and topics
to their queues. Timers never fire here; tests put what would fire on the queue.
"""

from __future__ import annotations

import importlib
import json
import random
import uuid
from collections.abc import Callable
from typing import Any

import boto3
from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.sqs.models import sqs_backends

from tests.roles import acting_as
from tests.stack import Stack

WORKERS = {
    "FeedbackQueue": "chalicelib.feedback.worker:feedback_worker",
    "TallyQueue": "chalicelib.feedback.tally_worker:tally_feedback",
    "InboundMailQueue": "chalicelib.support.worker:inbound_mail",
    "OutboundMailQueue": "chalicelib.mail.worker:outbound_mail",
    "OutboundCampaignsQueue": "chalicelib.mail.worker:outbound_campaigns",
    "MailEventsQueue": "chalicelib.mail.worker:mail_events",
    "TimersQueue": "chalicelib.timers:timers",
    "CustomerIndexQueue": "chalicelib.directory.worker:index_customers",
    "TicketIndexQueue": "chalicelib.support.index_worker:index_tickets",
    "DuplicatesQueue": "chalicelib.duplicates.worker:find_duplicates",
    "SummariesQueue": "chalicelib.overview.worker:summarise_customers",
    "JobsQueue": "chalicelib.jobs:jobs",
    "NoticesQueue": "chalicelib.notices.worker:notices",
    "FollowUpsQueue": "chalicelib.followups.worker:follow_up",
    "SuggestionsQueue": "chalicelib.suggestions.worker:count_votes",
    "InvitationsQueue": "chalicelib.invitations.worker:invitations",
    "WebhooksQueue": "chalicelib.webhooks.worker:webhooks",
}
"""Which worker reads which queue; tests/infra asserts that the template says the same."""


class Cloud(Stack):
    """The resources, by logical id, and the pump."""

    def __init__(self, elsewhere: dict[str, str] | None = None) -> None:
        super().__init__(elsewhere)
        self._streams = boto3.client("dynamodbstreams")
        self._read: str | None = None
        """The sequence number of the last record that was read."""

    def stream(self) -> list[dict[str, Any]]:
        """The stream's records that were not read yet, as the publisher would get them."""
        arn = boto3.client("dynamodb").describe_table(TableName=self["Table"])["Table"]["LatestStreamArn"]
        shard = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        fresh: list[dict[str, Any]] = []
        while records := self._records(arn, shard):
            fresh += [_plain(record) for record in records]
            self._read = records[-1]["dynamodb"]["SequenceNumber"]
        return fresh

    def _records(self, arn: str, shard: str) -> list[Any]:
        after: Any = {"ShardIteratorType": "TRIM_HORIZON"}
        if self._read:
            after = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self._read}
        iterator = self._streams.get_shard_iterator(StreamArn=arn, ShardId=shard, **after)["ShardIterator"]
        return list(self._streams.get_records(ShardIterator=iterator)["Records"])

    def pump(self, *, rounds: int = 12, twice: bool = False, seed: int | None = None) -> None:
        """Carry everything until nothing moves. `twice` delivers each message again; `seed` shuffles."""
        rng = random.Random(seed) if seed is not None else None
        for _ in range(rounds):
            moved = self.publish(twice=twice)
            for queue in WORKERS:
                moved += self.work(queue, twice=twice, rng=rng)
            if not moved:
                return
        raise AssertionError("the pump does not come to rest: something triggers itself")

    def publish(self, *, twice: bool = False) -> int:
        """Hand the new stream records to the publisher, as the event source's filter lets them through."""
        records = [
            record
            for record in self.stream()
            if record["eventName"] == "INSERT" and record["dynamodb"]["Keys"]["sk"]["S"].startswith("EVT#")
        ]
        for _ in range(1 + twice):
            if records:
                invoke("chalicelib.kernel.publisher:publisher", {"Records": records})
        return len(records)

    def work(self, queue: str, *, twice: bool = False, rng: random.Random | None = None) -> int:
        """Hand what a queue holds to its worker in batches of ten; failed messages stay. How many came."""
        messages = self.receive(queue)
        if rng:
            rng.shuffle(messages)
        for start in range(0, len(messages), 10):
            batch = messages[start : start + 10]
            failed = self.deliver(queue, batch)
            if twice:
                failed &= self.deliver(queue, batch)
            for message in batch:
                if message["MessageId"] not in failed:
                    self.sqs.delete_message(QueueUrl=self[queue], ReceiptHandle=message["ReceiptHandle"])
        return len(messages)

    def receive(self, queue: str) -> list[Any]:
        """All visible messages of a queue."""
        found: list[Any] = []
        while self._holds(queue) and (
            batch := self.sqs.receive_message(
                QueueUrl=self[queue], MaxNumberOfMessages=10, AttributeNames=["All"], WaitTimeSeconds=0
            ).get("Messages")
        ):
            found += batch
        return found

    def _holds(self, queue: str) -> bool:
        """Whether a queue has visible messages, by moto itself: the pump asks for all, most are empty."""
        region = self.sqs.meta.region_name
        return bool(sqs_backends[ACCOUNT][region].queues[self[queue].rpartition("/")[2]].messages)

    def deliver(self, queue: str, messages: list[Any]) -> set[str]:
        """Invoke the queue's worker with these messages; the ids it reports as failed."""
        answer = invoke(WORKERS[queue], sqs_event(self.arn(queue), messages))
        return {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}


def sqs_event(arn: str, messages: list[Any]) -> dict[str, Any]:
    """The Lambda event of a batch of messages."""
    return {
        "Records": [
            {
                "messageId": message.get("MessageId") or str(uuid.uuid4()),
                "receiptHandle": message.get("ReceiptHandle", "handle"),
                "body": message["Body"],
                "attributes": {"ApproximateReceiveCount": "1", **message.get("Attributes", {})},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": arn,
                "awsRegion": "us-east-1",
            }
            for message in messages
        ]
    }


def invoke(handler: str, event: dict[str, Any]) -> Any:
    """Call a packaged handler as Lambda does: by module and name."""
    module, _, name = handler.partition(":")
    function: Callable[[Any, Any], Any] = getattr(importlib.import_module(module), name)
    with acting_as(name):
        return function(event, None)


def _plain(record: Any) -> dict[str, Any]:
    """A stream record as JSON would carry it: boto3 gives times where Lambda gives numbers."""
    plain: dict[str, Any] = json.loads(json.dumps(record, default=lambda value: 0))
    return plain
