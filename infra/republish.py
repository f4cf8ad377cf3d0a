"""Publishes events that the publisher gave up on: `python -m infra.republish --stage prod [--dry-run]`.

Lambda keeps the stream records of a failed batch in the failures bucket, one object a batch. This reads them
back and puts their events on the bus, oldest first. Subscribers take a repeat as one, so it may run again.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.events import PREFIX
from chalicelib.kernel.table import decode_item
from infra import account
from infra.stack import outputs

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def failures(s3: S3Client, bucket: str) -> list[str]:
    """The keys of the kept batches, oldest first: their names end in the time when Lambda gave up."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    found = [part for page in pages for part in page.get("Contents", [])]
    return [part["Key"] for part in sorted(found, key=lambda part: (part["LastModified"], part["Key"]))]


def events_of(failure: str) -> Iterator[dict[str, Any]]:
    """The event items in a batch as Lambda kept it: its `payload` is the invocation's event, as a text.

    Raises ValueError for anything else. AWS: Lambda developer guide, "Retaining records for a failed batch".
    """
    try:
        payload = json.loads(failure)["payload"]
        records = (json.loads(payload) if isinstance(payload, str) else payload)["Records"]
    except (KeyError, TypeError) as error:
        raise ValueError("this is no failed batch of a stream") from error
    for record in records:
        if record["eventName"] == "INSERT":
            item = decode_item(record["dynamodb"]["NewImage"])
            if item["sk"].startswith(PREFIX):
                yield item


def republish(s3: S3Client, bucket: str, bus: str, *, dry_run: bool, delete: bool) -> int:
    """Publish the events of every kept batch; how many there were. Raises Unavailable, ValueError.

    A batch is deleted, if that was asked for, once all its events are on the bus.
    """
    os.environ["RAPPORT_BUS"] = bus
    # The publisher reads its settings from the environment that was set just above.
    from chalicelib.kernel.publisher import publish

    total = 0
    for key in failures(s3, bucket):
        text = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
        try:
            items = list(events_of(text))
        except ValueError as error:
            raise ValueError(f"{key}: {error}") from error
        total += len(items) if dry_run else publish(items)
        print(f"{key}: {', '.join(item['id'] + ' ' + item['type'] for item in items) or 'no events'}")
        if delete and not dry_run:
            s3.delete_object(Bucket=bucket, Key=key)
    return total


def arguments() -> argparse.ArgumentParser:
    parser = account.parser("infra.republish", __doc__)
    parser.add_argument("--dry-run", action="store_true", help="only say what would be published")
    parser.add_argument("--delete", action="store_true", help="delete each batch once it is published")
    return parser


def main() -> int:
    """The command line; exit code 1 when the bus, the bucket or a batch refused."""
    options = arguments().parse_args()
    session = account.session(options)
    os.environ["AWS_DEFAULT_REGION"] = session.region_name
    if options.profile:
        os.environ["AWS_PROFILE"] = options.profile
    try:
        stack = outputs(session.client("cloudformation"), f"rapport-{options.stage}")
        bucket, bus = stack["FailuresBucketName"], stack["BusName"]
        total = republish(session.client("s3"), bucket, bus, dry_run=options.dry_run, delete=options.delete)
    except (ClientError, Unavailable, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{total} events {'to publish' if options.dry_run else 'published'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
