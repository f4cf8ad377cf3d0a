"""Typed routes: a view's annotations say what it takes and gives; the kernel does the rest.

A view's parameters are known by name: `body` (a Model), `query` (Parameters), `work` (the Work that is
committed once the answer is known), `batch` (a Work a row, committed by the view: kernel/http/batches.py),
`link` (makes absolute URLs), `visitor` (who asks without a key), `form` (what a page's form sent), and the
path's own parameters.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_type_hints

from chalice.app import Blueprint, CORSConfig, Response
from pydantic import TypeAdapter

from chalicelib.kernel.http import answering
from chalicelib.kernel.work import Work

Link = Callable[[str], str]
"""Makes an absolute URL of a path."""

Form = dict[str, list[str]]
"""The fields of a page's form, each with its values."""

Guard = Callable[[Work], None]
"""Adds to a Work what must hold for its caller, such as that the member of staff it acts for exists."""

_SPECIAL = ("body", "query", "work", "batch", "link", "visitor", "form")

_PAGE = ("text/html",)

CORS = CORSConfig(
    allow_origin="*",
    allow_headers=[
        "Authorization",
        "Content-Type",
        "Idempotency-Key",
        "If-Match",
        "If-None-Match",
        "Rapport-Actor",
    ],
    expose_headers=["ETag", "Location", "Retry-After", "Idempotency-Replayed"],
    max_age=600,
)


@dataclass(frozen=True)
class Raw:
    """An answer that is not JSON, such as a page; `headers` and `status` may override the usual ones."""

    content: str
    content_type: str
    headers: dict[str, str]
    status: int | None = None


@dataclass(frozen=True)
class Route:
    """One method of one path. `scope` is what the caller's key must have; None means public.

    What is `cached` may be kept by anybody for so many seconds, and is told unchanged by its content.
    `content` are the types of a Raw answer; `redirects` is the status when the answer is elsewhere.
    """

    method: str
    path: str
    view: Callable[..., Any]
    scope: str | None
    status: int
    location: str | None
    secret: bool
    cached: int
    content: tuple[str, ...]
    redirects: int
    tag: str

    @cached_property
    def types(self) -> dict[str, Any]:
        """The view's annotations, resolved."""
        return get_type_hints(self.view, include_extras=True)

    @cached_property
    def path_parameters(self) -> dict[str, TypeAdapter[Any]]:
        """What reads each of the path's parameters, by name."""
        names = inspect.signature(self.view).parameters
        return {name: TypeAdapter(self.types[name]) for name in names if name not in _SPECIAL}

    @property
    def methods(self) -> tuple[str, ...]:
        """What it answers to. Link scanners ask what is public by HEAD (RFC 9110, section 9.3.2)."""
        return ("GET", "HEAD") if self.method == "GET" and self.scope is None else (self.method,)

    @property
    def takes_work(self) -> bool:
        return "work" in self.types

    @property
    def changes(self) -> bool:
        """Whether it commits anything, in one Work or in many."""
        return self.takes_work or "batch" in self.types


class Routes:
    """The routes of one feature: `get`, `post`, `patch` and `delete` decorate its views."""

    def __init__(self, tag: str, module: str) -> None:
        self.tag = tag
        self.module = module
        self.table: list[Route] = []

    def _add(
        self,
        method: str,
        path: str,
        *,
        scope: str | None = None,
        public: bool = False,
        status: int = 200,
        location: str | None = None,
        secret: bool = False,
        cached: int = 0,
        content: tuple[str, ...] = _PAGE,
        redirects: int = 0,
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        if (scope is None) is not public:
            raise TypeError(f"{method} {path} must declare either its scope or that it is public")

        def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
            what = (scope, status, location, secret, cached, content, redirects)
            self.table.append(Route(method, path, view, *what, self.tag))
            return view

        return decorate

    def get(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return self._add("GET", path, **options)

    def post(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return self._add("POST", path, **options)

    def patch(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return self._add("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return self._add("DELETE", path, status=options.pop("status", 204), **options)

    def blueprint(self, authorizer: Any, guard: Guard) -> Blueprint:
        """The Chalice blueprint of these routes; every route that is not public has the authorizer."""
        blueprint = Blueprint(self.module)
        for route in self.table:
            register = blueprint.route(
                route.path,
                methods=list(route.methods),
                name=route.view.__name__,
                authorizer=None if route.scope is None else authorizer,
                content_types=["*/*"],  # answered as problem documents, by kernel/http/answering.py
                cors=CORS,
            )
            register(_handler(blueprint, route, guard))
        return blueprint


def _handler(blueprint: Blueprint, route: Route, guard: Guard) -> Callable[..., Response]:
    def handle(**path_arguments: str) -> Response:
        response = answering.answer(route, guard, blueprint.current_request, path_arguments)
        if blueprint.current_request.method == "HEAD":
            response.body = ""
        return response

    handle.__name__ = route.view.__name__
    return handle
