"""The OpenAPI 3.1 document, made from the routes' types."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from chalicelib.kernel.http.problems import CONTENT_TYPE, Problem
from chalicelib.kernel.http.routes import Raw, Route

VERSION = "0.1.0"
_REF = "#/components/schemas/{model}"
_ABOUT = """Send an API key with each request: `Authorization: Bearer rk_…`. Each operation names the scope \
that the key needs.

Errors are problem documents (RFC 9457): `code` is for programs, `detail` for people, and `invalid_params` \
names what is wrong with a payload. After 429 and 503 try again in `Retry-After` seconds; under the same \
`Idempotency-Key` a POST has its effect once.

Lists come in pages: give `next_cursor` back as `cursor`, with the same filters, until it is null. Fields \
and parameters that are not known here are refused.
"""


def _header(name: str, description: str, **bounds: int) -> dict[str, Any]:
    """A parameter that is a request's header."""
    schema = {"type": "string", **bounds}
    return {"name": name, "in": "header", "description": description, "schema": schema}


_IDEMPOTENCY = _header(
    "Idempotency-Key",
    "The same key replays the same answer; another request under it is 409.",
    minLength=1,
    maxLength=255,
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
    references, schemas = _schemas(listed)
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
            "schemas": schemas,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key, `rk_…`."}
            },
        },
    }


_References = dict[Any, Any]


def _schemas(routes: list[Route]) -> tuple[_References, dict[str, Any]]:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {(Problem, "serialization"): None}
    for route in routes:
        if "body" in route.types:
            wanted[route.types["body"], "validation"] = None
        if _is_model(route.types["return"]):
            wanted[route.types["return"], "serialization"] = None
    references, definitions = models_json_schema(list(wanted), ref_template=_REF)
    schemas = definitions["$defs"]
    for name, schema in schemas.items():
        if name.endswith("Patch"):  # also a part of a larger patch
            _forget_defaults(schema)
    return dict(references), schemas


def _forget_defaults(patch: dict[str, Any]) -> None:
    """What a merge patch leaves out stays as it is, whatever its model holds in that place."""
    for schema in patch["properties"].values():
        schema.pop("default", None)


def _is_model(kind: Any) -> bool:
    return inspect.isclass(kind) and issubclass(kind, BaseModel)


def _operation(route: Route, references: _References) -> dict[str, Any]:
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
        schema = route.types["query"].model_json_schema()
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
    return _is_model(result) and "version" in result.model_fields


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """A parameter's schema with its references put in, since a parameter has no `$defs` of its own."""
    if isinstance(schema, list):
        return [_inlined(one, definitions) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    return {name: _inlined(one, definitions) for name, one in schema.items()}


def _responses(route: Route, references: _References) -> dict[str, Any]:
    result = route.types["return"]
    success: dict[str, Any] = {"description": "Done."}
    if _is_model(result):
        success["content"] = {"application/json": {"schema": references[result, "serialization"]}}
    elif result is Raw:
        success["content"] = {"*/*": {"schema": {"type": "string"}}}
    headers = {"ETag": _ETAG} if _has_version(route) else {}
    responses: dict[str, Any] = {}
    if headers and route.method == "GET":
        responses["304"] = {"description": "Not changed since `If-None-Match`.", "headers": headers}
    if route.location:
        headers = {**headers, "Location": _LOCATION}
    if headers:
        success["headers"] = headers
    status = 204 if result is type(None) else route.status
    problem = {CONTENT_TYPE: {"schema": references[Problem, "serialization"]}}
    return {
        str(status): success,
        **responses,
        "default": {"description": "A problem; `code` says which.", "content": problem},
    }
