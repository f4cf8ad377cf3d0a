"""A cloud that fails: calls are throttled, break, lose their answer, or stop the function that makes them.

The faults lie above botocore's retries, so that each is what is left after them, and are drawn by a seed.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, ConnectionClosedError

from chalicelib.kernel.errors import Unavailable
from tests.api import Answer, Api
from tests.cloud import WORKERS, Cloud, invoke, sqs_event
from tests.faults import refusal

KINDS = {"throttled": 0.01, "broken": 0.005, "answer lost": 0.01, "stopped": 0.005}
TWICE = 0.2
"""The share of messages that come twice, and of requests that are sent again though they came through."""
PUBLISHER = "chalicelib.kernel.publisher:publisher"
SENDING = ("OutboundMailQueue", "OutboundCampaignsQueue")
TRIES = 60
"""How often a message is delivered, or a request sent, until it must have come through."""


class Stopped(BaseException):
    """The function was stopped in the middle of its work; no code of ours may catch it."""


class Storm:
    """Faults for all calls within `blowing`, and what the world does about them: everything again."""

    def __init__(self, cloud: Cloud, seed: int, patch: pytest.MonkeyPatch) -> None:
        self.fired: Counter[str] = Counter()
        self._cloud = cloud
        self._random = random.Random(seed)
        self._blows = False
        real: Any = BaseClient._make_api_call  # type: ignore[attr-defined]  # not part of the stubs

        def call(client: BaseClient, operation: str, parameters: Any) -> Any:
            kind = self._kind() if self._blows else None
            if kind in ("throttled", "broken"):
                code, status = ("ThrottlingException", 400) if kind == "throttled" else ("InternalError", 500)
                raise ClientError(refusal(code, status), operation)  # type: ignore[arg-type]  # a plain dict
            if kind == "stopped" and self._random.random() < 0.5:
                raise Stopped
            answer = real(client, operation, parameters)
            if kind == "stopped":
                raise Stopped
            if kind == "answer lost":
                raise ConnectionClosedError(endpoint_url=operation)
            return answer

        patch.setattr(BaseClient, "_make_api_call", call)

    def _kind(self) -> str | None:
        drawn = self._random.random()
        for kind, share in KINDS.items():
            if drawn < share:
                self.fired[kind] += 1
                return kind
            drawn -= share
        return None

    @contextmanager
    def blowing(self) -> Iterator[None]:
        """The block's calls may fail."""
        self._blows = True
        try:
            yield
        finally:
            self._blows = False

    def post(self, api: Api, path: str, body: Any, key: str) -> Any:
        """Post until there is a clear answer, as a careful client does; some post once more even then."""
        answer: Answer | None = None
        for _ in range(TRIES):
            try:
                with self.blowing():
                    answer = api.post(path, body, Idempotency_Key=key)
            except (Stopped, Unavailable):  # the latter of the authorizer, which API Gateway answers with 500
                continue
            if answer.status < 500 and "unavailable" not in answer.text and self._random.random() > TWICE:
                break
        assert answer is not None
        assert answer.status < 300, answer.text
        return answer.json

    def pump(self, rounds: int = 60) -> None:
        """Carry everything until nothing moves: twice, shuffled, and again whatever failed."""
        for _ in range(rounds):
            moved = self._publish()
            for queue in WORKERS:
                moved += self._work(queue)
            if not moved:
                return
        raise AssertionError("the storm does not come to rest")

    def _publish(self) -> int:
        fresh = [record for record in self._cloud.stream() if record["eventName"] == "INSERT"]
        events = [record for record in fresh if record["dynamodb"]["Keys"]["sk"]["S"].startswith("EVT#")]
        for start in range(0, len(events), 100):
            self._until_done(PUBLISHER, {"Records": events[start : start + 100]})
        return len(events)

    def _work(self, queue: str) -> int:
        messages = self._cloud.receive(queue)
        waiting = messages + [message for message in messages if self._random.random() < TWICE]
        self._random.shuffle(waiting)
        for start in range(0, len(waiting), 10):
            self._deliver(queue, waiting[start : start + 10])
        for message in messages:
            self._cloud.sqs.delete_message(
                QueueUrl=self._cloud[queue], ReceiptHandle=message["ReceiptHandle"]
            )
        return len(messages)

    def _deliver(self, queue: str, batch: list[Any]) -> None:
        """Deliver messages again and again until none of them fails."""
        failed = {message["MessageId"] for message in batch}
        for _ in range(TRIES):
            pending = [message for message in batch if message["MessageId"] in failed]
            event = sqs_event(self._cloud.arn(queue), pending)
            answer = self._until_done(WORKERS[queue], event)
            failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
            if not failed:
                return
            if queue in SENDING:
                end_claims(self._cloud)
        raise AssertionError(f"{len(failed)} messages of {queue} would be dead letters")

    def _until_done(self, handler: str, event: Any) -> Any:
        """Invoke a function until it is neither stopped nor raises."""
        for _ in range(TRIES):
            try:
                with self.blowing():
                    return invoke(handler, event)
            except Stopped:
                pass
            except Exception as error:
                if handler != PUBLISHER:
                    raise AssertionError("a worker reports its failures") from error
        raise AssertionError(f"{handler} never comes through")


def end_claims(cloud: Cloud) -> None:
    """Let the time pass after which a mail's sender is taken for dead."""
    for item in cloud.items():
        if item["sk"] == "MAIL" and item.get("status") == "sending":
            boto3.client("dynamodb").update_item(
                TableName=cloud["Table"],
                Key={"pk": {"S": item["pk"]}, "sk": {"S": "MAIL"}},
                UpdateExpression="SET claimed_until = :past",
                ExpressionAttributeValues={":past": {"N": "1"}},
            )
