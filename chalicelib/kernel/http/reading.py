"""What a request says, read by what its view takes: path, query, body, form, and the headers that matter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from chalice.app import Request
from pydantic import BaseModel, ValidationError

from chalicelib.kernel.errors import (
    BadRequest,
    Invalid,
    NotFound,
    Stale,
    TooLarge,
    Unauthorized,
    UnsupportedMedia,
)
from chalicelib.kernel.http import idempotency, problems
from chalicelib.kernel.http.paging import PageParameters, unseal
from chalicelib.kernel.principals import ANONYMOUS, Principal

if TYPE_CHECKING:
    from chalicelib.kernel.http.routes import Route

MAX_BODY = 1_000_000
"""Bytes of a request's body."""
MAX_FIELDS = 2_000
"""Fields of a form."""

JSON_TYPES = frozenset({"application/json", "application/merge-patch+json"})


class Reading:
    """One request, as it can be read."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.path = str(request.to_original_event().get("path") or request.path)
        """As it was asked for, without the stage."""

    def principal(self, scope: str | None) -> Principal:
        """Who asks. Raises Unauthorized, Forbidden."""
        if scope is None:
            return ANONYMOUS
        context = self._request.context.get("authorizer") or {}
        if not context.get("principalId"):
            raise Unauthorized("Send a valid API key: Authorization: Bearer rk_…")
        principal = Principal(context["principalId"], frozenset(str(context.get("scopes", "")).split()))
        principal.require(scope)
        actor = self._request.headers.get("Rapport-Actor")
        return principal.acting_for(actor) if actor else principal

    def query(self, model: type[BaseModel]) -> BaseModel:
        """Raises Invalid for what is not known here, given twice, or not valid."""
        given: Any = self._request.query_params or {}
        repeated = [name for name in given if len(given.getlist(name)) > 1]
        if repeated:
            raise _bad_parameters(repeated, "given more than once", "repeated")
        try:
            query = model.model_validate({name: given[name] for name in given})
        except ValidationError as error:
            raise problems.of_validation(error, "query") from None
        if isinstance(query, PageParameters) and query.cursor is not None:
            return query.model_copy(update={"cursor": unseal(query.cursor, self.list_name(query))})
        return query

    def no_query(self) -> None:
        """Raise Invalid for a query where none is taken."""
        if self._request.query_params:
            raise _bad_parameters(self._request.query_params, "not known here", "extra_forbidden")

    def list_name(self, query: BaseModel) -> str:
        """What a cursor is bound to: the path and all parameters but its own and the limit."""
        return f"{self.path}?{query.model_dump_json(exclude={'cursor', 'limit'})}"

    def body(self, model: type[BaseModel]) -> BaseModel:
        raw = self.raw_body()
        media_type = self.header("Content-Type").partition(";")[0].strip().lower()
        if media_type and media_type not in JSON_TYPES:
            raise UnsupportedMedia("Send application/json.")
        try:
            return model.model_validate_json(raw)
        except ValidationError as error:
            raise problems.of_validation(error, "body") from None

    def form(self) -> dict[str, list[str]]:
        """What a page's form sent. Raises BadRequest `invalid_form`."""
        try:
            return parse_qs(self.raw_body().decode(), max_num_fields=MAX_FIELDS)
        except ValueError:
            raise BadRequest("The form cannot be read.", code="invalid_form") from None

    def raw_body(self) -> bytes:
        try:
            raw = self._request.raw_body
        except ValueError:
            raise BadRequest("The body is not valid UTF-8.", code="invalid_json") from None
        if len(raw) > MAX_BODY:
            raise TooLarge(f"A body has {MAX_BODY} bytes at most.")
        return raw if isinstance(raw, bytes) else raw.encode()

    def header(self, name: str) -> str:
        return str(self._request.headers.get(name) or "")

    def idempotency_key(self, method: str, principal: Principal) -> str | None:
        """Raises BadRequest for what is none."""
        if method != "POST" or principal is ANONYMOUS:
            return None
        key = self._request.headers.get("Idempotency-Key")
        return None if key is None else idempotency.checked_key(key)

    def expected_version(self) -> int | None:
        given = self.header("If-Match").strip().removeprefix("W/").strip('"')
        if given in ("", "*"):
            return None
        if not given.isdecimal() or len(given) > 15:
            raise Stale("If-Match names no version of this entity.")
        return int(given)


def path_values(route: Route, given: dict[str, str]) -> dict[str, Any]:
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
