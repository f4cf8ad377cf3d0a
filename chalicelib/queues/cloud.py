"""What AWS says of the queues and does with them.

What a cloud cannot do, as a local one, becomes Conflict `not_supported_here`. The names of queues, bus and
archive follow from the feedback queue's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from chalicelib.kernel import aws
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.table import busy_is_unavailable
from chalicelib.queues.model import WINDOW

AT_ONCE = 8
_MISSING = frozenset(
    {
        "InvalidAction",
        "UnknownOperationException",
        "UnknownOperation",
        "NotImplemented",
        "NotImplementedException",
        "AWS.SimpleQueueService.UnsupportedOperation",
        "UnsupportedOperation",
    }
)
PERIOD = timedelta(minutes=5)
"""Of which CloudWatch makes one figure; the one that is now is told, too."""
_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


class Counts(NamedTuple):
    visible: int
    in_flight: int
    delayed: int


@contextmanager
def asked(service: str) -> Iterator[None]:
    """Name what this cloud cannot do."""
    try:
        with busy_is_unavailable(service):
            yield
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            raise Conflict(f"The {service} here cannot do that.", code="not_supported_here") from error
        raise


def prefix() -> str:
    """What the names of all that belongs to this stage begin with, such as `rapport-prod-`."""
    return settings().feedback_queue_url.rpartition("/")[2].removesuffix("feedback")


def url(queue: str) -> str:
    """Where SQS has a queue."""
    base, _, name = settings().feedback_queue_url.rpartition("/")
    return f"{base}/{name.removesuffix('feedback')}{queue}"


def arn(queue: str) -> str:
    """A queue's ARN: one call."""
    with asked("queue service"):
        answer = aws.sqs().get_queue_attributes(QueueUrl=url(queue), AttributeNames=["QueueArn"])
    return answer["Attributes"]["QueueArn"]


def counts(queues: Iterable[str]) -> dict[str, Counts]:
    """How much is in each queue: a call each, eight at a time."""
    names = list(queues)
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return dict(zip(names, threads.map(_counts, names), strict=True))


def _counts(queue: str) -> Counts:
    with asked("queue service"):
        answer = aws.sqs().get_queue_attributes(QueueUrl=url(queue), AttributeNames=["All"])
    found: Any = answer["Attributes"]  # boto3-stubs knows each name as a literal
    return Counts(*(int(found[name]) for name in _COUNTS))


def metrics(queues: Iterable[str], now: datetime) -> Mapping[tuple[str, str], float]:
    """What was received and deleted, and the oldest, in the last hour, where CloudWatch knows: one call."""
    wanted = [(queue, name) for queue in queues for name in ("Received", "Deleted", "Oldest")]
    queries: Any = [_query(f"m{place}", *one) for place, one in enumerate(wanted)]
    with asked("metrics service"):
        answer = aws.cloudwatch().get_metric_data(
            MetricDataQueries=queries, StartTime=now - WINDOW, EndTime=now + PERIOD
        )
    found = {one["Id"]: one["Values"] for one in answer["MetricDataResults"]}
    values = {one: found.get(f"m{place}") for place, one in enumerate(wanted)}
    return {
        one: max(several) if one[1] == "Oldest" else sum(several)
        for one, several in values.items()
        if several
    }


def _query(identifier: str, queue: str, name: str) -> dict[str, Any]:
    metric, stat = {
        "Received": ("NumberOfMessagesReceived", "Sum"),
        "Deleted": ("NumberOfMessagesDeleted", "Sum"),
        "Oldest": ("ApproximateAgeOfOldestMessage", "Maximum"),
    }[name]
    dimensions = [{"Name": "QueueName", "Value": f"{prefix()}{queue}"}]
    period = int(PERIOD.total_seconds())
    described = {"Namespace": "AWS/SQS", "MetricName": metric, "Dimensions": dimensions}
    return {"Id": identifier, "MetricStat": {"Metric": described, "Period": period, "Stat": stat}}


class Source(NamedTuple):
    """How a queue reaches its function."""

    id: str
    enabled: bool


def sources() -> dict[str, Source]:
    """The event sources of the queues that have a function, by queue: a call a hundred of the account's.

    One after the other, as Lambda takes few such calls a second from an account.
    """
    found: dict[str, Source] = {}
    with asked("function service"):
        for page in aws.functions().get_paginator("list_event_source_mappings").paginate():
            for one in page["EventSourceMappings"]:
                name = one.get("EventSourceArn", "").rpartition(":")[2]
                if name.startswith(prefix()):
                    enabled = one.get("State") in ("Enabled", "Enabling", "Creating", "Updating")
                    found[name.removeprefix(prefix())] = Source(one["UUID"], enabled)
    return found


def switch(found: Source, *, enabled: bool) -> None:
    """Have a function take messages, or take none. It takes Lambda a minute."""
    with asked("function service"):
        aws.functions().update_event_source_mapping(UUID=found.id, Enabled=enabled)
