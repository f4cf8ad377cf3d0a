"""The OpenAPI document's schemas: pydantic's own, so that other people's tools can read and name them."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, RootModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from chalicelib.kernel.http.problems import Problem
from chalicelib.kernel.http.routes import Route

References = dict[Any, Any]
"""The `$ref` of each model, by it and by what it is for."""

_FOLDER = "#/components/schemas/"


class Remembered(RootModel[dict[str, str]]):
    """What a repeated request is told of an answer with a secret: the `id` of what was made."""


def is_model(kind: Any) -> bool:
    """Whether a view that gives this answers with JSON of a schema."""
    return inspect.isclass(kind) and issubclass(kind, BaseModel)


def of_routes(routes: Iterable[Route]) -> tuple[References, dict[str, Any]]:
    """The schemas of all that routes take and give, by name."""
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {
        (Problem, "serialization"): None,
        (Remembered, "serialization"): None,
    }
    for route in routes:
        if "body" in route.types:
            wanted[route.types["body"], "validation"] = None
        if is_model(route.types["return"]):
            wanted[route.types["return"], "serialization"] = None
    references, definitions = models_json_schema(list(wanted), ref_template=_FOLDER + "{model}")
    return _named(dict(references), definitions["$defs"])


def plain(schema: Any) -> Any:
    """A schema whose dictionaries say in usual words what their keys and values are."""
    if isinstance(schema, list):
        return [plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: plain(one) for name, one in schema.items()}
    if len(patterns := told.get("patternProperties", {})) == 1 and "properties" not in told:
        # Under patternProperties alone, keys of any other form would be allowed.
        del told["patternProperties"]
        ((pattern, values),) = patterns.items()
        names = told.get("propertyNames", {})
        told |= {"additionalProperties": values, "propertyNames": {**names, "pattern": pattern}}
    return told


def _named(references: References, schemas: dict[str, Any]) -> tuple[References, dict[str, Any]]:
    """The same under names of the API: generators make classes of them, by name and by title."""
    names = {name: _name(name, schemas) for name in schemas}
    if len(set(names.values())) < len(names):
        raise ValueError("two schemas would have the same name")
    found = {}
    for old, new in names.items():
        schema = _redirected(plain(schemas[old]), names)
        found[new] = {**schema, "title": new} if "title" in schema else schema
        if new.endswith("Patch"):  # also a part of a larger patch
            _forget_defaults(found[new])
    return _redirected(references, names), dict(sorted(found.items()))


def _name(name: str, schemas: dict[str, Any]) -> str:
    """Pydantic's name without the module's, which it adds when features have models of one name."""
    if "Page_" in name:
        listed = schemas[name]["properties"]["data"]["items"]["$ref"].removeprefix(_FOLDER)
        return "PageOf" + _name(listed, schemas)
    *module, last = name.split("__")
    feature = module[1] if module else ""
    return feature.title().replace("_", "") + last.replace("-", "")


def _redirected(value: Any, names: dict[str, str]) -> Any:
    """The value with its references to the new names."""
    if isinstance(value, dict):
        return {key: _redirected(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_redirected(one, names) for one in value]
    if isinstance(value, str) and value.startswith(_FOLDER):
        return _FOLDER + names[value.removeprefix(_FOLDER)]
    return value


def _forget_defaults(patch: dict[str, Any]) -> None:
    """What a merge patch leaves out stays as it is, whatever its model holds in that place."""
    for schema in patch["properties"].values():
        schema.pop("default", None)
