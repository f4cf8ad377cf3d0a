"""A post office for measurements: the cloud in memory, its table on DynamoDB Local where that can run.

moto's transactions copy the whole table, so a table of thousands of items makes each mail slow; AWS's own
engine does not. Without Java and npm all of it is moto's, and the figures of large folders are moto's, too.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from bench.dynamodb_local import Missing, running
from bench.report import progress
from bench.scene import quiet
from chalicelib.kernel import aws
from tests.cloud import Cloud, invoke, sqs_event
from tests.engine import make_table
from tests.mailbox import receipt
from tests.memory import forget, in_memory, plain_environment
from tests.stack import SUPPORT_ADDRESS

TABLE = "rapport-post"
WORKER = "chalicelib.support.worker:inbound_mail"


@dataclass
class Post:
    """Brings raw mails to the real inbound worker, as SES would: the object in S3 first, then its notice."""

    cloud: Cloud
    engine: str
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self._queue = self.cloud.arn("InboundMailQueue")
        self._s3 = aws.s3()

    def put(
        self, raw: bytes, *, to: str = SUPPORT_ADDRESS, sender: str = "ada@example.org"
    ) -> dict[str, Any]:
        """Store a mail, and make SES's notice of it."""
        ses_id = f"bench{next(self._numbers):035d}"
        bucket = self.cloud["MailBucket"]
        self._s3.put_object(Bucket=bucket, Key=f"inbound/{ses_id}", Body=raw)
        return receipt(ses_id, bucket, [to], sender)

    def deliver(self, notice: dict[str, Any]) -> bool:
        """Invoke the worker with one notice; whether it took it."""
        event = sqs_event(self._queue, [{"Body": json.dumps(notice)}])
        return not invoke(WORKER, event)["batchItemFailures"]


@contextmanager
def opened(*, only_engine: bool = False) -> Iterator[Post]:
    """A post office with an empty table, and quiet logs. Raises Missing when it may be `only_engine`'s."""
    with ExitStack() as stack:
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        plain_environment(patch)
        quiet(patch)
        cloud = stack.enter_context(in_memory(patch))
        try:
            url = stack.enter_context(running())
        except Missing as missing:
            if only_engine:
                raise
            progress(f"the table is moto's, which slows down as it grows: {missing}")
            yield Post(cloud, "moto")
            return
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", url)
        patch.setenv("RAPPORT_TABLE", TABLE)
        forget()
        make_table(TABLE)
        yield Post(cloud, "DynamoDB Local")
