"""The JSON that SES publishes through SNS: unwrapped from its envelope and read field by field."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from chalicelib.kernel.errors import Invalid

Json = dict[str, Any]

_HANDSHAKE = "Successfully validated SNS topic for Amazon SES"


def read_notification(body: str) -> Json | None:
    """The SES message in an SQS body, raw or in an SNS envelope; None for SES's plain-text handshake."""
    message = _decoded(body)
    if isinstance(message, dict) and "Message" in message and "TopicArn" in message:
        message = _decoded(message["Message"])
    if message is None or isinstance(message, dict):
        return message
    raise Invalid("The message is not a JSON object.", code="unreadable_notification")


def _decoded(text: object) -> object:
    if not isinstance(text, str):
        raise Invalid("The message is not text.", code="unreadable_notification")
    if text.startswith(_HANDSHAKE):
        return None
    try:
        return json.loads(text) or {}
    except (ValueError, RecursionError) as error:
        raise Invalid("The message is not JSON.", code="unreadable_notification") from error


def section(message: Json, name: str) -> Json:
    """An object inside a message; Invalid when it is missing or something else."""
    found = message.get(name)
    if not isinstance(found, dict):
        raise Invalid(f"The message has no `{name}`.", code="unreadable_notification")
    return found


def word(message: Json, name: str, *, limit: int = 1_000) -> str:
    """A text field of at most `limit` characters; `""` when it is missing or no text."""
    found = message.get(name)
    return found[:limit] if isinstance(found, str) else ""


def needed(message: Json, name: str, *, limit: int = 1_000) -> str:
    """A text field that must be there."""
    found = word(message, name, limit=limit)
    if not found:
        raise Invalid(f"The message has no `{name}`.", code="unreadable_notification")
    return found


def objects(message: Json, name: str) -> list[Json]:
    """A list of objects; empty when it is missing."""
    return [entry for entry in _list(message.get(name)) if isinstance(entry, dict)]


def words(message: Json, name: str) -> list[str]:
    """A list of texts; empty when it is missing."""
    return [entry for entry in _list(message.get(name)) if isinstance(entry, str) and entry]


def first_moment(*candidates: str) -> datetime:
    """The first of these ISO 8601 times that can be read, in UTC; Invalid when there is none."""
    for candidate in candidates:
        try:
            found = datetime.fromisoformat(candidate)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    raise Invalid("The message has no time.", code="unreadable_notification")


def _list(found: object) -> Iterable[object]:
    return found if isinstance(found, list) else ()
