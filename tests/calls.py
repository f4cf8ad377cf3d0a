"""Counts the AWS calls of a piece of work, by botocore's own hook; a retried call counts once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.kernel import aws


@contextmanager
def counted() -> Iterator[list[str]]:
    """`with counted() as calls: …` then `assert calls == ["GetItem"]`: the operations, in order."""
    calls: list[str] = []

    def note(model: Any, **_: Any) -> None:
        calls.append(model.name)

    makers: list[Any] = [
        aws.dynamodb, aws.sqs, aws.s3, aws.events, aws.scheduler, aws.ssm, aws.ses
    ]  # fmt: skip
    clients = [make() for make in makers]
    for client in clients:
        client.meta.events.register("before-call", note)
    try:
        yield calls
    finally:
        for client in clients:
            client.meta.events.unregister("before-call", note)
