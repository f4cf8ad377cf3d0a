"""AWS clients: made in one place, on first use, with bounded times and retries."""

from __future__ import annotations

import gc
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_scheduler import EventBridgeSchedulerClient
    from mypy_boto3_ses import SESClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_ssm import SSMClient

_ATTEMPTS = {"total_max_attempts": 3, "mode": "standard"}
"""With the read timeout below, all tries together end before API Gateway gives up, after 29 s."""
_ONCE = {"total_max_attempts": 1, "mode": "standard"}


def _make(service: str, retries: dict[str, Any] = _ATTEMPTS, read_timeout: float = 4, **more: Any) -> Any:
    import boto3
    from botocore.config import Config

    config = Config(retries=retries, connect_timeout=2, read_timeout=read_timeout, **more)  # type: ignore[arg-type]  # a plain dict is what botocore documents
    client = boto3.client(service, config=config)  # type: ignore[call-overload]  # the service name is a variable here
    _settle()
    return client


@cache
def _settle() -> None:
    """Let the collector begin, on what comes from now on: what was imported for the first client stays.

    botocore leaves a few objects in a cycle with every call. They went only after some 30,000 invocations,
    and the memory of so many was not given back.
    """
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


@cache
def dynamodb() -> DynamoDBClient:
    client: DynamoDBClient = _make("dynamodb")
    return client


@cache
def sqs() -> SQSClient:
    client: SQSClient = _make("sqs")
    return client


@cache
def s3() -> S3Client:
    # Version 4, since presigned URLs of version 2, still botocore's default, are refused in newer regions.
    client: S3Client = _make("s3", read_timeout=7, signature_version="s3v4")
    return client


@cache
def events() -> EventBridgeClient:
    client: EventBridgeClient = _make("events")
    return client


@cache
def cloudwatch() -> Any:
    return _make("cloudwatch")


@cache
def functions() -> Any:
    """Lambda, whose name is a word of Python's."""
    return _make("lambda")


@cache
def scheduler() -> EventBridgeSchedulerClient:
    client: EventBridgeSchedulerClient = _make("scheduler")
    return client


@cache
def ssm() -> SSMClient:
    client: SSMClient = _make("ssm")
    return client


@cache
def ses() -> SESClient:
    """SES never retries by itself: after a lost answer a retry would send the mail twice."""
    client: SESClient = _make("ses", retries=_ONCE, read_timeout=25)
    return client


@cache
def comprehend() -> Any:
    return _make("comprehend")


def forget() -> None:
    """Drop every client; for tests, which change the cloud under us."""
    for made in (dynamodb, sqs, s3, events, cloudwatch, functions, scheduler, ssm, ses, comprehend):
        made.cache_clear()
