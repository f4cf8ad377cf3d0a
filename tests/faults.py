"""Makes AWS calls fail as the cloud would, by a hook of botocore, or makes them twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from botocore import xform_name

Answer = dict[str, Any]


def refusal(code: str, status: int = 400, **more: Any) -> Answer:
    """An error answer of AWS."""
    return {
        "Error": {"Code": code, "Message": code},
        "ResponseMetadata": {"HTTPStatusCode": status},
        **more,
    }


def cancelled(*codes: str) -> Answer:
    """A transaction cancelled for these reasons, one an action."""
    reasons = [{"Code": code} for code in codes]
    return refusal("TransactionCanceledException", CancellationReasons=reasons)


@contextmanager
def answering(client: Any, operation: str, *answers: Answer | None) -> Iterator[list[Any]]:
    """Answer the next calls of an operation with these; None, and what comes after them, goes through.

    Yields the parameters of the calls, as they are made. Botocore's retries are below this.
    """
    calls: list[Any] = []
    left = list(answers)

    def before_call(params: Any, **_: Any) -> Any:
        calls.append(json.loads(params["body"]) if params["body"] else {})
        answer = left.pop(0) if left else None
        if answer is None:
            return None
        status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 200)
        return SimpleNamespace(status_code=status, headers={}), answer

    event = f"before-call.{client.meta.service_model.service_id.hyphenize()}.{operation}"
    client.meta.events.register_first(event, before_call)
    try:
        yield calls
    finally:
        client.meta.events.unregister(event, before_call)


@contextmanager
def repeating(client: Any, operation: str) -> Iterator[None]:
    """Make each call of an operation twice: its first answer is lost, and the client tries again."""
    event = f"before-call.{client.meta.service_model.service_id.hyphenize()}.{operation}"

    def lost(params: Any, **_: Any) -> None:
        client.meta.events.unregister(event, lost)
        try:
            getattr(client, xform_name(operation))(**json.loads(params["body"]))
        finally:
            client.meta.events.register_first(event, lost)

    client.meta.events.register_first(event, lost)
    try:
        yield
    finally:
        client.meta.events.unregister(event, lost)
