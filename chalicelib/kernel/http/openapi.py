"""The OpenAPI 3.1 document, made from the routes' types."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

from chalicelib.kernel.http import schemas
from chalicelib.kernel.http.problems import CONTENT_TYPE, Problem
from chalicelib.kernel.http.routes import Raw, Route

VERSION = "0.1.0"
_ABOUT = """Send an API key with each request: `Authorization: Bearer rk_…`. Each operation names the scope \
that the key needs.

Errors are problem documents (RFC 9457): `code` is for programs, `detail` for people, and `invalid_params` \
names what is wrong with a payload. After 429 and 503 try again in `Retry-After` seconds; under the same \
`Idempotency-Key` a POST has its effect once.

Lists come in pages: give `next_cursor` back as `cursor`, with the same filters, until it is null. Fields \
and parameters that are not known here are refused.
"""


def _header(name: str, description: str, **bounds: Any) -> dict[str, Any]:
    """A parameter that is a request's header."""
    schema = {"type": "string", **bounds}
    return {"name": name, "in": "header", "description": description, "schema": schema}


_IDEMPOTENCY = _header(
    "Idempotency-Key",
    "The same key replays the same answer; another request under it is 409.",
    minLength=1,
    maxLength=255,
    pattern="^[!-~]([ -~]*[!-~])?$",
)
_IF_MATCH = _header("If-Match", "The ETag the change is meant for; 412 when it is no longer the current one.")
_IF_NONE_MATCH = _header("If-None-Match", "The ETag of what is known already; 304 when it is still current.")
_ACTOR = _header(
    "Rapport-Actor",
    "The id of the member of staff on whose behalf the request is made. Needs the scope `staff:act`.",
)
_ETAG = {"description": "The version, for `If-Match` and `If-None-Match`.", "schema": {"type": "string"}}
_LOCATION = {"description": "The URL where it can be read.", "schema": {"type": "string", "format": "uri"}}


def document(routes: Iterable[Route], server: str) -> dict[str, Any]:
    """The document of these routes, as plain data."""
    listed = sorted(routes, key=lambda route: (route.path, route.method))
    references, described = schemas.of_routes(listed)
    paths: dict[str, Any] = {}
    for route in listed:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, references)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Rapport",
            "version": VERSION,
            "summary": "A serverless eCRM backend: one person, one history, whatever the channel.",
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in listed)],
        "paths": paths,
        "components": {
            "schemas": described,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key, `rk_…`."}
            },
        },
    }


def _operation(route: Route, references: schemas.References) -> dict[str, Any]:
    summary, _, description = inspect.cleandoc(route.view.__doc__ or "").partition("\n")
    operation: dict[str, Any] = {
        "operationId": route.view.__name__,
        "tags": [route.tag],
        "summary": summary,
        "parameters": _parameters(route),
        "responses": _responses(route, references),
        "security": [{"key": []}] if route.scope else [],
    }
    needs = f"Needs the scope `{route.scope}`." if route.scope else ""
    if said := "\n\n".join(filter(None, (description.strip(), needs))):
        operation["description"] = said
    if route.scope:
        operation["x-scope"] = route.scope
    if "form" in route.types:
        fields = {"type": "object", "additionalProperties": {"type": "string"}}
        operation["requestBody"] = {"content": {"application/x-www-form-urlencoded": {"schema": fields}}}
    if "body" in route.types:
        content = {"schema": references[route.types["body"], "validation"]}
        kinds = ["application/json", *(["application/merge-patch+json"] if route.method == "PATCH" else [])]
        operation["requestBody"] = {"required": True, "content": dict.fromkeys(kinds, content)}
    return operation


def _parameters(route: Route) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": adapter.json_schema()}
        for name, adapter in route.path_parameters.items()
    ]
    if "query" in route.types:
        schema = schemas.plain(route.types["query"].model_json_schema())
        required = schema.get("required", [])
        definitions = schema.get("$defs", {})
        parameters += [
            {"name": name, "in": "query", "required": name in required, "schema": _inlined(one, definitions)}
            for name, one in schema.get("properties", {}).items()
        ]
    if route.method == "POST" and route.scope:
        parameters.append(_IDEMPOTENCY)
    if route.method in ("PATCH", "DELETE"):
        parameters.append(_IF_MATCH)
    if route.method == "GET" and _has_version(route):
        parameters.append(_IF_NONE_MATCH)
    if route.changes and route.scope:
        parameters.append(_ACTOR)
    return parameters


def _has_version(route: Route) -> bool:
    """Whether the answer carries an ETag (answering.py)."""
    result = route.types["return"]
    if route.cached:
        return True
    return schemas.is_model(result) and "version" in result.model_fields


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """A parameter's schema with its references put in, since a parameter has no `$defs` of its own."""
    if isinstance(schema, list):
        return [_inlined(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    return {name: _inlined(one, definitions) for name, one in schema.items()}


def _responses(route: Route, references: schemas.References) -> dict[str, Any]:
    problem = {CONTENT_TYPE: {"schema": references[Problem, "serialization"]}}
    if route.types["return"] is Raw and "text/html" in route.content:
        problem["text/html"] = {"schema": {"type": "string"}}
    responses = {
        **_success(route, references),
        "default": {"description": "A problem; `code` says which.", "content": problem},
    }
    if _has_version(route) and route.method == "GET":
        unchanged = {"description": "Not changed since `If-None-Match`.", "headers": {"ETag": _ETAG}}
        responses["304"] = unchanged
    if route.redirects:
        elsewhere = {"description": "It is elsewhere.", "headers": {"Location": _LOCATION}}
        responses[str(route.redirects)] = elsewhere
    return responses


def _success(route: Route, references: schemas.References) -> dict[str, Any]:
    result = route.types["return"]
    success: dict[str, Any] = {"description": "Done."}
    if schemas.is_model(result):
        schema = references[result, "serialization"]
        if route.secret and route.method == "POST":
            schema = {"anyOf": [schema, references[schemas.Remembered, "serialization"]]}
        success["content"] = {"application/json": {"schema": schema}}
    elif result is Raw and route.content:
        # What is no text is JSON, such as this document.
        shapes = {kind: {"type": "string"} if kind.startswith("text/") else {} for kind in route.content}
        success["content"] = {kind: {"schema": schema} for kind, schema in shapes.items()}
    elif result is Raw and route.redirects:
        return {}
    headers = {"ETag": _ETAG} if _has_version(route) else {}
    if route.location:
        headers = {**headers, "Location": _LOCATION}
    if headers:
        success["headers"] = headers
    return {"204" if result is type(None) else str(route.status): success}
