"""Requests that no client of ours would send."""

from __future__ import annotations

import base64
from typing import Any

from tests.api import Answer, Api, match, proxy_event

NOBODY = "cus_01J00000000000000000000000"


SECURITY = (
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Content-Security-Policy",
    "Cache-Control",
)


def an_event(method: str = "POST", path: str = "/v1/customers", body: Any = None) -> dict[str, Any]:
    route = match(path)
    assert route is not None
    return proxy_event(method, path, "", route, body, {})


def binary(api: Api, raw: bytes) -> Answer:
    event = an_event()
    return api.send({**event, "body": base64.b64encode(raw).decode(), "isBase64Encoded": True})
