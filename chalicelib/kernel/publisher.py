"""Publishes each new event item of the table's stream to the bus; may publish twice, never none."""

from __future__ import annotations

import json
import random
import time
from typing import Any

from chalice.app import Blueprint, DynamoDBEvent

from chalicelib.kernel import aws, telemetry
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.events import PREFIX, envelope
from chalicelib.kernel.table import decode_item

worker = Blueprint(__name__)
SOURCE = "rapport"
ENTRIES = 10
"""Entries of one PutEvents call, AWS's limit."""

_PLACEHOLDER = "arn:aws:dynamodb:us-east-1:000000000000:table/placeholder/stream/2024-01-01T00:00:00.000"
"""Chalice wants a literal stream ARN; infra/ overrides it with the table's own."""


@worker.on_dynamodb_record(
    stream_arn=_PLACEHOLDER, batch_size=100, starting_position="TRIM_HORIZON", name="publisher"
)
def publisher(event: DynamoDBEvent) -> dict[str, list[str]]:
    """Publish a batch, all or nothing: raises Unavailable when the bus refuses, so that it comes again."""
    records = event.to_dict()["Records"]
    items = [decode_item(r["dynamodb"]["NewImage"]) for r in records if r["eventName"] == "INSERT"]
    published = publish([item for item in items if item["sk"].startswith(PREFIX)])
    telemetry.logger.info("events published", records=len(records), events=published)
    return {"batchItemFailures": []}


def publish(items: list[dict[str, Any]]) -> int:
    """Put the events of these items on the bus, in order; how many there were."""
    entries = [
        {
            "EventBusName": settings().bus,
            "Source": SOURCE,
            "DetailType": item["type"],
            "Detail": json.dumps(envelope(item), ensure_ascii=False, separators=(",", ":")),
        }
        for item in items
    ]
    for start in range(0, len(entries), ENTRIES):
        _put(entries[start : start + ENTRIES])
    return len(entries)


def _put(entries: list[Any]) -> None:
    for attempt in range(4):
        answer = aws.events().put_events(Entries=entries)
        if not answer["FailedEntryCount"]:
            return
        entries = [e for e, r in zip(entries, answer["Entries"], strict=True) if "ErrorCode" in r]
        time.sleep(random.uniform(0, 0.1 * 2**attempt))  # noqa: S311 - jitter, not a secret
    telemetry.logger.error("the bus refused events", entries=len(entries))
    raise Unavailable("The event bus refuses entries.")
