"""A caller who tries again: with the same Idempotency-Key, until the API's answer is a clear one."""

from __future__ import annotations

import http.client
import random
import time
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from tests.e2e.caller import Answer, Caller, fetch

PATIENCE_SECONDS = 300


class GaveUp(AssertionError):
    """The API gave no clear answer for minutes."""


class Patient:
    """Calls the API as a careful program does; counts what came between."""

    def __init__(self, addresses: dict[str, Any]) -> None:
        self._caller = Caller(addresses["api_url"], addresses["api_key"])
        self._storage = urlsplit(addresses["endpoint_url"]).netloc
        self.unclear: Counter[str] = Counter()

    def get(self, path: str) -> Any:
        return self._until_clear("GET", path, None, {}).ok()

    def post(self, path: str, body: Any, key: str, status: int = 200) -> Any:
        return self._until_clear("POST", path, body, {"Idempotency_Key": key}).ok(status)

    def put(self, url: str, content: bytes) -> None:
        """Upload to a presigned URL. It is signed for the proxy, which says another Host to the emulator."""
        signed = urlsplit(url)
        direct = signed._replace(netloc=self._storage).geturl()
        self._patiently(lambda: fetch(direct, "PUT", content, {"Host": signed.netloc})).ok()

    def _until_clear(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        return self._patiently(lambda: self._caller.call(method, path, body, headers))

    def _patiently(self, call: Any) -> Answer:
        """The first answer that is neither an outage nor too many requests. Raises GaveUp."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                answer: Answer = call()
            except (OSError, http.client.HTTPException) as error:
                self.unclear[type(error).__name__] += 1
            else:
                if answer.status != 429 and answer.status < 500:
                    return answer
                self.unclear[str(answer.status)] += 1
            time.sleep(random.uniform(0.1, 1))
        raise GaveUp(f"no clear answer in {PATIENCE_SECONDS} s: {dict(self.unclear)}")
