"""A small HTTP client of the public API, as a user would write it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Reply:
    """Status and decoded JSON body, None when the body is not JSON."""

    status: int
    body: Any


class Client:
    """Calls the API with a key. Statuses are returned, never raised; only a dead door raises OSError."""

    def __init__(self, api_url: str, key: str) -> None:
        self._base = api_url
        self._key = key

    def get(self, path: str) -> Reply:
        return self._call("GET", path, None, {})

    def post(self, path: str, body: dict[str, Any], idempotency_key: str) -> Reply:
        return self._call("POST", path, json.dumps(body).encode(), {"Idempotency-Key": idempotency_key})

    def patch(self, path: str, body: dict[str, Any]) -> Reply:
        return self._call("PATCH", path, json.dumps(body).encode(), {})

    def _call(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Reply:
        given = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json", **headers}
        request = urllib.request.Request(self._base + path, data=body, method=method, headers=given)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Reply(answer.status, _json(answer.read()))
        except urllib.error.HTTPError as error:
            with error:
                return Reply(error.code, _json(error.read()))


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
