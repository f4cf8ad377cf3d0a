"""Counts the AWS calls of a piece of work, by botocore's own hook; a retried call counts once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from chalicelib.kernel import aws, kept
from tests import api


@contextmanager
def counted() -> Iterator[list[str]]:
    """`with counted() as calls: …` then `assert calls == ["GetItem"]`: the operations, in order.

    Those of the authorizer are left out: it is another function, and its answer is cached. What a process
    keeps for half a minute (kernel/kept.py) was read before, as in a warm function.
    """
    for one in kept._all:
        one.current()
    calls: list[str] = []

    def note(model: Any, **_: Any) -> None:
        calls.append(model.name)

    def authorize(header: str, real: Any = api.authorize_header) -> Any:
        before = len(calls)
        answer = real(header)
        del calls[before:]
        return answer

    clients: list[Any] = [
        aws.dynamodb(), aws.sqs(), aws.s3(), aws.events(), aws.scheduler(), aws.ssm(), aws.ses()
    ]  # fmt: skip
    for client in clients:
        client.meta.events.register("before-call", note)
    try:
        with patch.object(api, "authorize_header", authorize):
            yield calls
    finally:
        for client in clients:
            client.meta.events.unregister("before-call", note)
