"""Answers one request: reads what the view takes, calls it, commits its Work, and renders what it gives."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from chalice.app import Request, Response
from pydantic import BaseModel, ValidationError

from chalicelib.kernel import telemetry
from chalicelib.kernel.commit import commit
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import (
    BadRequest,
    Invalid,
    NotFound,
    RapportError,
    Stale,
    TooLarge,
    Unauthorized,
    Unavailable,
    UnsupportedMedia,
)
from chalicelib.kernel.http import idempotency, problems
from chalicelib.kernel.http.batches import Batch
from chalicelib.kernel.http.paging import Page, PageParameters, seal, unseal
from chalicelib.kernel.http.visitors import visitor_of
from chalicelib.kernel.principals import ANONYMOUS, Principal
from chalicelib.kernel.work import Work

if TYPE_CHECKING:
    from chalicelib.kernel.http.routes import Guard, Route

MAX_BODY = 1_000_000
"""Bytes of a request's body."""
MAX_FIELDS = 2_000
"""Fields of a form."""

JSON_TYPES = frozenset({"application/json", "application/merge-patch+json"})
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
        self.path = _path(request)
        self.principal = _principal(request, route.scope)
        self.arguments: dict[str, Any] = _path_values(route, path_arguments)
        if "query" in route.types:
            self.arguments["query"] = self._query(route.types["query"])
        elif request.query_params:
            raise _bad_parameters(request.query_params, "not known here", "extra_forbidden")
        if "body" in route.types:
            self.arguments["body"] = self._body(route.types["body"])
        if "form" in route.types:
            self.arguments["form"] = self._form()
        if "link" in route.types:
            self.arguments["link"] = self.link
        if "visitor" in route.types:
            self.arguments["visitor"] = visitor_of(request)
        if "batch" in route.types:
            self.arguments["batch"] = Batch(self.principal, guard, self._idempotency_key())

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
        expected = self._expected_version()
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
        stage_path = context.get("path", "").removesuffix(self.path)
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
            result = result.model_copy(update={"next_cursor": seal(result.next_cursor, self._list())})
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
        listed = [one.strip().removeprefix("W/") for one in self._header("If-None-Match").split(",")]
        return etag in listed or listed == ["*"]

    def _header(self, name: str) -> str:
        return str(self.request.headers.get(name) or "")

    def _list(self) -> str:
        """What a cursor is bound to: the path and all parameters but its own and the limit."""
        query = self.arguments["query"].model_dump_json(exclude={"cursor", "limit"})
        return f"{self.path}?{query}"

    def _query(self, model: type[BaseModel]) -> BaseModel:
        given: Any = self.request.query_params or {}
        repeated = [name for name in given if len(given.getlist(name)) > 1]
        if repeated:
            raise _bad_parameters(repeated, "given more than once", "repeated")
        try:
            query = model.model_validate({name: given[name] for name in given})
        except ValidationError as error:
            raise problems.of_validation(error, "query") from None
        if isinstance(query, PageParameters) and query.cursor is not None:
            self.arguments["query"] = query
            return query.model_copy(update={"cursor": unseal(query.cursor, self._list())})
        return query

    def _body(self, model: type[BaseModel]) -> BaseModel:
        raw = self._raw_body()
        media_type = self._header("Content-Type").partition(";")[0].strip().lower()
        if media_type and media_type not in JSON_TYPES:
            raise UnsupportedMedia("Send application/json.")
        try:
            return model.model_validate_json(raw)
        except ValidationError as error:
            raise problems.of_validation(error, "body") from None

    def _form(self) -> dict[str, list[str]]:
        """What a page's form sent. Raises BadRequest `invalid_form`."""
        try:
            return parse_qs(self._raw_body().decode(), max_num_fields=MAX_FIELDS)
        except ValueError:
            raise BadRequest("The form cannot be read.", code="invalid_form") from None

    def _raw_body(self) -> bytes:
        try:
            raw = self.request.raw_body
        except ValueError:
            raise BadRequest("The body is not valid UTF-8.", code="invalid_json") from None
        if len(raw) > MAX_BODY:
            raise TooLarge(f"A body has {MAX_BODY} bytes at most.")
        return raw if isinstance(raw, bytes) else raw.encode()

    def _keyed_attempt(self) -> idempotency.Attempt | None:
        key = self._idempotency_key()
        if key is None:
            return None
        parts = [self.route.method.encode(), self.path.encode(), self._raw_body()]
        fingerprint = hashlib.sha256(b"\n".join(parts)).hexdigest()
        return idempotency.Attempt(self.principal.id, key, fingerprint)

    def _idempotency_key(self) -> str | None:
        key = self.request.headers.get("Idempotency-Key")
        if key is None or self.route.method != "POST" or self.principal is ANONYMOUS:
            return None
        return idempotency.checked_key(key)

    def _expected_version(self) -> int | None:
        given = self._header("If-Match").strip().removeprefix("W/").strip('"')
        if given in ("", "*"):
            return None
        if not given.isdecimal() or len(given) > 15:
            raise Stale("If-Match names no version of this entity.")
        return int(given)


def _path(request: Request) -> str:
    """The path as it was asked for, without the stage."""
    return str(request.to_original_event().get("path") or request.path)


def _principal(request: Request, scope: str | None) -> Principal:
    if scope is None:
        return ANONYMOUS
    context = request.context.get("authorizer") or {}
    if not context.get("principalId"):
        raise Unauthorized("Send a valid API key: Authorization: Bearer rk_…")
    principal = Principal(context["principalId"], frozenset(str(context.get("scopes", "")).split()))
    principal.require(scope)
    actor = request.headers.get("Rapport-Actor")
    return principal.acting_for(actor) if actor else principal


def _path_values(route: Route, given: dict[str, str]) -> dict[str, Any]:
    """The path's parameters; one that cannot be an id of its kind names nothing that exists."""
    values = {}
    for name, adapter in route.path_parameters.items():
        try:
            values[name] = adapter.validate_python(unquote(given[name]))
        except ValidationError:
            raise NotFound("There is nothing here with that id.") from None
    return values


def _bad_parameters(names: Iterable[str], reason: str, code: str) -> Invalid:
    params = [{"name": name, "reason": reason, "code": code} for name in names]
    return Invalid("The query is not valid.", params=params)
