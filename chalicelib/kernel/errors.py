"""One error tree; the HTTP status is decided at the edge, in kernel/http/problems.py.

RapportError
├── NotFound            nothing has that id (404)
├── Conflict            the state does not allow it (409)
│   ├── AlreadyExists   the id or business key is taken
│   └── Repeated        our own earlier success: a worker counts it as done
├── Stale               the entity changed since it was read (412)
├── Invalid             well-formed, yet against a rule of the entity (422)
├── BadRequest          not even well-formed: JSON, cursor, header (400)
├── Unauthorized        no valid credentials (401)
├── Forbidden           the scope is missing (403)
├── TooLarge            over a documented bound (413)
├── UnsupportedMedia    a content type we do not read (415)
└── Unavailable         the cloud is busy; try again (503, Retry-After)
"""

from __future__ import annotations

from typing import Any


class RapportError(Exception):
    """`code` is stable and for programs; `detail` is a sentence for people and names no person."""

    code = "error"

    def __init__(self, detail: str, *, code: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code or self.code
        self.extra = extra
        """More members of the problem document, such as `customer_id` of a holder."""


class NotFound(RapportError):
    code = "not_found"


class Conflict(RapportError):
    code = "conflict"


class AlreadyExists(Conflict):
    code = "already_exists"


class Repeated(Conflict):
    code = "repeated"


class Stale(RapportError):
    code = "stale"


class Invalid(RapportError):
    """`params` lists what is wrong: `{name, reason, code}` each, as RFC 9457 suggests."""

    code = "invalid"

    def __init__(self, detail: str, *, params: list[dict[str, str]] | None = None, **extra: Any) -> None:
        super().__init__(detail, **extra)
        if params:
            self.extra["invalid_params"] = params

    @classmethod
    def in_body(cls, name: str, reason: str, code: str) -> Invalid:
        """One field of the body is wrong, by a rule that its model cannot know."""
        return cls("The body is not valid.", params=[{"name": name, "reason": reason, "code": code}])

    @classmethod
    def in_query(cls, name: str, reason: str, code: str) -> Invalid:
        """One query parameter is wrong, by a rule that its model cannot know."""
        return cls("The query is not valid.", params=[{"name": name, "reason": reason, "code": code}])


class BadRequest(RapportError):
    code = "bad_request"


class Unauthorized(RapportError):
    code = "unauthorized"


class Forbidden(RapportError):
    code = "forbidden"


class TooLarge(RapportError):
    code = "too_large"


class UnsupportedMedia(RapportError):
    code = "unsupported_media_type"


class Unavailable(RapportError):
    code = "unavailable"
