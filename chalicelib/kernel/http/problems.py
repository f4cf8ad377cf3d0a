"""Errors as RFC 9457 problem documents; the one place where an error gets its HTTP status."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from chalice.app import Response
from pydantic import ConfigDict, ValidationError

from chalicelib.kernel import errors
from chalicelib.kernel.model import Model

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER = 2
"""Seconds a caller is asked to wait after 429 and 503, and for what is not there yet."""

MAX_NAME = 200
"""Characters of a bad parameter's name that are told back: it may be the caller's own invention."""

_STATUS: dict[type[errors.RapportError], int] = {
    errors.BadRequest: 400,
    errors.Unauthorized: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.TooLarge: 413,
    errors.UnsupportedMedia: 415,
    errors.Invalid: 422,
    errors.Unavailable: 503,
}


class InvalidParam(Model):
    """One thing that is wrong with a payload."""

    name: str
    reason: str
    code: str


class Problem(Model):
    """The body of every error answer; some carry further members, such as `customer_id` of a holder."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int | None = None
    detail: str
    code: str
    request_id: str | None = None
    invalid_params: list[InvalidParam] | None = None


def status_of(error: errors.RapportError) -> int:
    """The HTTP status of an error of ours."""
    return next((_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS), 500)


def problem(status: int, code: str, detail: str, request_id: str | None = None, **extra: Any) -> Response:
    """A problem document as an answer."""
    document = {
        "type": f"urn:rapport:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
        **extra,
    }
    headers: dict[str, Any] = {"Content-Type": CONTENT_TYPE}
    if status in (429, 503) or "retry_after" in extra:
        headers["Retry-After"] = str(extra.get("retry_after", RETRY_AFTER))
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(json.dumps(document), status_code=status, headers=headers)


def of_error(error: errors.RapportError, request_id: str | None) -> Response:
    """An error of ours as an answer."""
    return problem(status_of(error), error.code, error.detail, request_id, **error.extra)


def of_validation(error: ValidationError, what: str) -> errors.RapportError:
    """Pydantic's findings as an error: not JSON is a bad request, the wrong JSON is invalid."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    if found[0]["type"] == "json_invalid":
        return errors.BadRequest("The body is not valid JSON.", code="invalid_json")
    params = [
        {
            "name": ".".join(str(part) for part in one["loc"])[:MAX_NAME] or what,
            "reason": one["msg"].removeprefix("Value error, "),
            "code": one["type"],
        }
        for one in found[:50]
    ]
    return errors.Invalid(f"The {what} is not valid.", params=params)
