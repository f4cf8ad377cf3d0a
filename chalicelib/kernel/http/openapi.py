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
_IDEMPOTENCY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "The same key replays the same answer; another request under it is 409.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
_IF_MATCH: dict[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag the change is meant for; 412 when it is no longer the current one.",
    "schema": {"type": "string"},
}


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
    for route in routes:
        if route.method == "PATCH":
            _forget_defaults(schemas[references[route.types["body"], "validation"]["$ref"].rsplit("/", 1)[1]])
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
    if description.strip():
        operation["description"] = description.strip()
    if route.scope:
        operation["x-scope"] = route.scope
    if "body" in route.types:
        schema = references[route.types["body"], "validation"]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
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
    return parameters


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
    status = 204 if result is type(None) else route.status
    problem = {CONTENT_TYPE: {"schema": references[Problem, "serialization"]}}
    return {
        str(status): success,
        "default": {"description": "A problem; `code` says which.", "content": problem},
    }
