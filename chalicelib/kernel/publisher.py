"""Temporary."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

blueprint = Blueprint(__name__)


@blueprint.on_dynamodb_record(
    stream_arn="arn:aws:dynamodb:us-east-1:000000000000:table/placeholder/stream/2024-01-01T00:00:00.000",
    batch_size=10,
    starting_position="TRIM_HORIZON",
    name="publisher",
)
def publisher(event: Any) -> dict[str, Any]:
    import boto3
    import os

    print("publisher", len(event.to_dict()["Records"]))
    boto3.client("events").put_events(
        Entries=[
            {
                "Source": "rapport",
                "DetailType": "mail.queued",
                "Detail": "{}",
                "EventBusName": os.environ["RAPPORT_BUS"],
            }
        ]
    )
    return {"batchItemFailures": []}
