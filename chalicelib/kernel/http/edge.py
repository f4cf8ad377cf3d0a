"""What holds for every answer: security headers, one log line, problems instead of Chalice's errors."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from chalice.app import Request, Response

from chalicelib.kernel import telemetry
from chalicelib.kernel.config import settings
from chalicelib.kernel.http.problems import problem

HEADERS = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "private, no-cache",
}

ORIGIN = "Access-Control-Allow-Origin"
_CODES = {404: "not_found", 405: "method_not_allowed", 415: "unsupported_media_type"}


def edge(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """Middleware around every view."""
    began = time.perf_counter()
    response = get_response(request)
    context = request.context
    if isinstance(response.body, dict) and "Code" in response.body:  # Chalice's own, before any view ran
        status = response.status_code
        body = problem(
            status, _CODES.get(status, "error"), response.body["Message"], context.get("requestId")
        )
        response = Response(body.body, status_code=status, headers={**response.headers, **body.headers})
    if ORIGIN in response.headers:  # which Chalice set to any
        response.headers[ORIGIN] = settings().cors_origin
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    _log(context, response, began)
    return response


def _log(context: dict[str, Any], response: Response, began: float) -> None:
    telemetry.logger.info(
        "request",
        method=context.get("httpMethod"),
        route=context.get("resourcePath"),
        status=response.status_code,
        milliseconds=round((time.perf_counter() - began) * 1000, 1),
        request_id=context.get("requestId"),
        key_id=(context.get("authorizer") or {}).get("principalId"),
    )
