"""What is there: read from the table and by a subscriber of the bus, past the proxy and its faults."""

from __future__ import annotations

import contextlib
import json
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from boto3.dynamodb.types import TypeDeserializer
from botocore.exceptions import BotoCoreError, ClientError

from local.clients import ACCOUNT, Clients
from local.settings import REGION

_FIELDS = ("pk", "sk", "id", "type", "survey", "status", "subject", "direction", "uncertain", "emails", "to")


@dataclass
class Items:
    """The items of the table that are reckoned with."""

    responses: list[Any] = field(default_factory=list)
    tickets: list[Any] = field(default_factory=list)
    messages: list[Any] = field(default_factory=list)
    customers: list[Any] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)

    def add(self, item: dict[str, Any]) -> None:
        kinds = {
            "FEEDBACK": self.responses,
            "TICKET": self.tickets,
            "MAIL": self.messages,
            "PROFILE": self.customers,
        }
        kind = self.events if item["sk"].startswith("EVT#") else kinds.get(item["sk"])
        if kind is not None:
            kind.append(item)


def items(clients: Clients, table: str) -> Items:
    """All that is in the table."""
    names = {f"#{place}": name for place, name in enumerate(_FIELDS)}
    pages = clients("dynamodb").get_paginator("scan")
    found, read = Items(), TypeDeserializer().deserialize
    for page in pages.paginate(
        TableName=table, ProjectionExpression=", ".join(names), ExpressionAttributeNames=names
    ):
        for raw in page["Items"]:
            found.add({name: read(value) for name, value in raw.items()})
    return found


class Subscriber:
    """A rule on the bus with a queue of its own, as a business has one; which events it was told of."""

    NAME = "faults-subscriber"

    def __init__(self, clients: Clients, bus: str) -> None:
        self._sqs = clients("sqs")
        self.url = self._sqs.create_queue(QueueName=self.NAME)["QueueUrl"]
        events = clients("events")
        events.put_rule(Name=self.NAME, EventBusName=bus, EventPattern=json.dumps({"source": ["rapport"]}))
        target = {"Id": "queue", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self.NAME}"}
        events.put_targets(Rule=self.NAME, EventBusName=bus, Targets=[target])
        self.told: Counter[str] = Counter()

    def __call__(self, stop: threading.Event) -> None:
        while not stop.is_set():
            with contextlib.suppress(BotoCoreError, ClientError):
                if not self.listen():
                    stop.wait(1)

    def listen(self) -> int:
        """Take what is in the queue; how many messages."""
        answer = self._sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, WaitTimeSeconds=0)
        messages = answer.get("Messages", [])
        for message in messages:
            self.told[json.loads(message["Body"])["detail"]["id"]] += 1
        if messages:
            done = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(messages)]
            self._sqs.delete_message_batch(QueueUrl=self.url, Entries=done)
        return len(messages)
