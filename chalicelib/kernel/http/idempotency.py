"""Idempotency-Key: the answer is written in the request's own transaction, and replayed to a repeat."""

from __future__ import annotations

import json
from dataclasses import dataclass

from chalice.app import Response

from chalicelib.kernel import table
from chalicelib.kernel.errors import BadRequest, Conflict
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work

LIFETIME = 2 * 86_400
"""Seconds an answer is kept for replay."""

MAX_BODY = 100_000
"""Bytes of an answer that are kept; of a longer one, and of one with secrets, only status and id are."""


@dataclass(frozen=True)
class Attempt:
    """A keyed request: who sent it, under which key, and the hash of what it asks."""

    principal: str
    key: str
    fingerprint: str

    @property
    def item_key(self) -> Key:
        return Key(f"IDM#{self.principal}#{self.key}", "IDM")


class Repetition(Conflict):
    """The key was used before; the record says whether for the same request."""

    def __init__(self, record: Item) -> None:
        super().__init__("This Idempotency-Key was used before.", code="idempotency_key_reused")
        self.record = record


def checked_key(value: str) -> str:
    """The header's value. Raises BadRequest unless it is 1 to 255 visible ASCII characters."""
    if not 1 <= len(value) <= 255 or not value.isascii() or not value.isprintable():
        raise BadRequest("Idempotency-Key takes 1 to 255 visible characters.", code="invalid_idempotency_key")
    return value


def remember(work: Work, attempt: Attempt, response: Response, *, secret: bool) -> None:
    """Write the answer with the work, first, so that a repeat is seen before any other failure."""
    body = response.body
    if secret or len(body.encode()) > MAX_BODY:
        body = json.dumps({"id": json.loads(body).get("id")})
    headers = {name: value for name, value in response.headers.items() if name in ("ETag", "Location")}
    item = {
        **attempt.item_key._asdict(),
        "fingerprint": attempt.fingerprint,
        "status": response.status_code,
        "body": body,
        "headers": headers,
        "expires_at": int(work.now.timestamp()) + LIFETIME,
    }
    work.put(item, unless_exists=lambda old: Repetition(old or item))
    work.writes.insert(0, work.writes.pop())


def recall(attempt: Attempt) -> Response | None:
    """The answer of an earlier attempt with this key, if it was committed: one call."""
    record = table.get(attempt.item_key)
    return replay(record, attempt) if record else None


def replay(record: Item, attempt: Attempt) -> Response:
    """The recorded answer. Raises Conflict when another request came under the same key."""
    if record["fingerprint"] != attempt.fingerprint:
        raise Conflict("This Idempotency-Key was used for another request.", code="idempotency_key_reused")
    headers = {"Content-Type": "application/json", "Idempotency-Replayed": "true", **record["headers"]}
    return Response(record["body"], status_code=record["status"], headers=headers)
