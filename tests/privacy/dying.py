"""A worker that dies as soon as a write of its was done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.kernel import aws


@contextmanager
def dying(*operations: str) -> Iterator[None]:
    """Die once the first of these calls is answered: what it wrote is there, and nothing after it."""

    def die(model: Any, **_: Any) -> None:
        if model.name in operations:
            raise RuntimeError("the worker died")

    clients: list[Any] = [aws.dynamodb(), aws.s3()]
    for client in clients:
        client.meta.events.register("after-call", die)
    try:
        yield
    finally:
        for client in clients:
            client.meta.events.unregister("after-call", die)
