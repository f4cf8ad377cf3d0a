"""Calls the API over HTTP, as any program would: a key, JSON, and nothing of Rapport's own code."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.e2e import planted

TIMEOUT_SECONDS = 40


@dataclass(frozen=True)
class Answer:
    """An HTTP answer; header names are in lower case."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    def ok(self, status: int = 200) -> Any:
        """The decoded body, after asserting the status."""
        assert self.status == status, f"{self.status}: {self.content[:2000]!r}"
        return self.json if self.content else None

    def problem(self, status: int, code: str) -> Any:
        """The problem document (RFC 9457), after asserting that it is a whole one and that one."""
        assert self.status == status, f"{self.status}: {self.content[:2000]!r}"
        assert self.headers["content-type"] == "application/problem+json"
        found = self.json
        assert (found["status"], found["code"]) == (status, code)
        assert found["type"]
        assert found["title"]
        assert found["detail"]
        return found


@dataclass(frozen=True)
class Caller:
    """Somebody with a key, or nobody in particular."""

    base_url: str
    key: str | None = None

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, None, headers)

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        return self.call("POST", path, body, headers)

    def patch(self, path: str, body: Any, **headers: str) -> Answer:
        return self.call("PATCH", path, body, headers)

    def delete(self, path: str) -> Answer:
        return self.call("DELETE", path, None, {})

    def data(self, path: str) -> list[Any]:
        """The entries of the first page of a list."""
        found: list[Any] = self.get(path).ok()["data"]
        return found

    def call(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        """Headers are given with underscores: `If_Match="…"`. Bytes are sent as they are, others as JSON."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key is not None:
            sent.setdefault("Authorization", f"Bearer {self.key}")
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        return fetch(self.base_url + path, method, content, sent)


def fetch(
    url: str, method: str = "GET", body: bytes | None = None, headers: dict[str, str] | None = None
) -> Answer:
    """One request, never through a proxy, never redirected."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_SECONDS)
    try:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, target, body, headers or {})
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        given = Answer(answer.status, found, answer.read())
        planted.hear(url, body, *(headers or {}).values(), given.content)
        return given
    finally:
        connection.close()
