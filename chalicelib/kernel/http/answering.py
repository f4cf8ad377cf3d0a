"""Answers one request: reads what the view takes, calls it, commits its Work, and renders what it gives."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from chalice.app import Request, Response
from pydantic import BaseModel

from chalicelib.kernel import telemetry
from chalicelib.kernel.commit import commit
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import (
    RapportError,
    Stale,
    Unavailable,
)
from chalicelib.kernel.http import idempotency, problems
from chalicelib.kernel.http.batches import Batch
from chalicelib.kernel.http.paging import Page, seal
from chalicelib.kernel.http.reading import Reading, path_values
from chalicelib.kernel.http.visitors import visitor_of
from chalicelib.kernel.work import Work

if TYPE_CHECKING:
    from chalicelib.kernel.http.routes import Guard, Route

STALE_TRIES = 4
"""How often a change without If-Match is made anew when another one came between."""


def answer(route: Route, guard: Guard, request: Request, path_arguments: dict[str, str]) -> Response:
    """The answer to a request; every failure is a problem document."""
    request_id = request.context.get("requestId")
    try:
        return _Call(route, guard, request, path_arguments).respond()
    except RapportError as error:
        return problems.of_error(error, request_id)
    except Exception as error:
        telemetry.failure("the request failed", error, route=route.path, method=route.method)
        return problems.problem(500, "internal", "Something went wrong on our side.", request_id)


class _Call:
    """One request on its way: what was read of it, shared by the attempts to serve it."""

    def __init__(self, route: Route, guard: Guard, request: Request, path_arguments: dict[str, str]) -> None:
        self.route = route
        self.guard = guard
        self.request = request
        self.reading = Reading(request)
        self.principal = self.reading.principal(route.scope)
        self.key = self.reading.idempotency_key(route.method, self.principal)
        self.arguments: dict[str, Any] = path_values(route, path_arguments)
        if "query" in route.types:
            self.arguments["query"] = self.reading.query(route.types["query"])
        else:
            self.reading.no_query()
        if "body" in route.types:
            self.arguments["body"] = self.reading.body(route.types["body"])
        if "form" in route.types:
            self.arguments["form"] = self.reading.form()
        if "link" in route.types:
            self.arguments["link"] = self.link
        if "visitor" in route.types:
            self.arguments["visitor"] = visitor_of(request)
        if "batch" in route.types:
            self.arguments["batch"] = Batch(self.principal, guard, self.key)

    def respond(self) -> Response:
        if not self.route.takes_work:
            return self._render(self.route.view(**self.arguments))
        attempt = self._keyed_attempt()
        try:
            return self._commit(attempt)
        except idempotency.Repetition as repetition:
            if attempt is None:
                raise
            return idempotency.replay(repetition.record, attempt)
        except RapportError:
            # The first attempt may have committed and made this one fail; then its answer stands.
            earlier = idempotency.recall(attempt) if attempt else None
            if earlier is None:
                raise
            return earlier

    def _commit(self, attempt: idempotency.Attempt | None) -> Response:
        expected = self.reading.expected_version()
        for tries_left in reversed(range(STALE_TRIES)):
            work = Work(principal=self.principal, expected_version=expected)
            work.idempotency_key = attempt.key if attempt else None
            try:
                response = self._render(self.route.view(**self.arguments, work=work))
                if self.principal.actor and work.writes:
                    self.guard(work)
                if attempt and work.writes:
                    idempotency.remember(work, attempt, response, secret=self.route.secret)
                commit(work)
            except Stale:
                if expected is not None:
                    raise
                if not tries_left:
                    raise Unavailable("Others keep changing this; try again.") from None
            else:
                return response
        raise AssertionError("unreachable: the last try returns or raises")

    def link(self, path: str) -> str:
        """An absolute URL: under RAPPORT_PUBLIC_URL, or where this request came in."""
        context = self.request.context
        stage_path = context.get("path", "").removesuffix(self.reading.path)
        return (settings().public_url or f"https://{context.get('domainName')}{stage_path}") + path

    def _render(self, result: Any) -> Response:
        headers: dict[str, Any] = {"Content-Type": "application/json"}
        if result is None:
            return Response("", status_code=204)
        if not isinstance(result, BaseModel):
            headers = {"Content-Type": result.content_type, **result.headers}
            status = result.status or self.route.status
            return self._cached(Response(result.content, status_code=status, headers=headers))
        if isinstance(result, Page) and result.next_cursor is not None:
            listed = self.reading.list_name(self.arguments["query"])
            result = result.model_copy(update={"next_cursor": seal(result.next_cursor, listed)})
        if hasattr(result, "version"):
            headers["ETag"] = f'"{result.version}"'
            if self.route.method == "GET" and self._has(headers["ETag"]):
                return Response("", status_code=304, headers={"ETag": headers["ETag"]})
        if self.route.location:
            headers["Location"] = self.link(self.route.location.format_map(vars(result)))
        return self._cached(
            Response(result.model_dump_json(), status_code=self.route.status, headers=headers)
        )

    def _cached(self, response: Response) -> Response:
        """The answer with what caches need, if its route says that they may have it."""
        if not self.route.cached or response.status_code != 200:
            return response
        digest = hashlib.sha256(str(response.body).encode()).hexdigest()[:32]
        response.headers |= {"Cache-Control": f"public, max-age={self.route.cached}", "ETag": f'"{digest}"'}
        if self._has(f'"{digest}"'):
            return Response("", status_code=304, headers={**response.headers})
        return response

    def _has(self, etag: str) -> bool:
        """Whether the caller has this version already (If-None-Match, compared weakly: RFC 9110 §13.1.2)."""
        listed = [one.strip().removeprefix("W/") for one in self.reading.header("If-None-Match").split(",")]
        return etag in listed or listed == ["*"]

    def _keyed_attempt(self) -> idempotency.Attempt | None:
        if self.key is None:
            return None
        parts = [self.route.method.encode(), self.reading.path.encode(), self.reading.raw_body()]
        fingerprint = hashlib.sha256(b"\n".join(parts)).hexdigest()
        return idempotency.Attempt(self.principal.id, self.key, fingerprint)
