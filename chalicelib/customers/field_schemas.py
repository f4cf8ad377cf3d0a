"""Tells the OpenAPI document what the custom fields of this business are."""

from __future__ import annotations

from typing import Any

from chalicelib.customers import defining
from chalicelib.customers.definitions import CustomField, Definitions
from chalicelib.kernel.errors import Unavailable

_SCHEMAS: dict[str, dict[str, Any]] = {
    "text": {"type": "string", "maxLength": 500},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "choice": {"type": "string"},
    "url": {"type": "string", "format": "uri", "pattern": "^https?://", "maxLength": 500},
    "money": {
        "type": "string",
        "pattern": "^-?[0-9]{1,15}([.][0-9]{1,4})? [A-Z]{3}$",
        "examples": ["12.50 EUR"],
    },
}


def extend(document: dict[str, Any]) -> None:
    """Describe the defined fields where customers are; without them when the table does not answer."""
    try:
        definitions = defining.current()
    except Unavailable:
        return
    if definitions.version:
        schemas = document["components"]["schemas"]
        for name in ("NewCustomer", "CustomerPatch", "Customer"):
            _describe(_custom_of(schemas[name]), definitions, name)
        if any(field.required for field in definitions.data):
            schemas["NewCustomer"].setdefault("required", []).append("custom")


def _custom_of(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of `custom`, which in a patch is one of several."""
    custom: dict[str, Any] = schema["properties"]["custom"]
    return next((one for one in custom.get("anyOf", []) if one.get("type") == "object"), custom)


def _describe(custom: dict[str, Any], definitions: Definitions, model: str) -> None:
    described = {field.name: schema_of(field) for field in definitions.data}
    if model == "CustomerPatch":
        described = {name: {"anyOf": [one, {"type": "null"}]} for name, one in described.items()}
    custom["properties"] = described
    required = [field.name for field in definitions.data if field.required]
    if model == "NewCustomer" and required:
        custom["required"] = required
        custom.pop("default")
    if definitions.closed and model != "Customer":
        custom["additionalProperties"] = False


def schema_of(field: CustomField) -> dict[str, Any]:
    """The JSON schema of a field's values."""
    schema = {"title": field.title, **_SCHEMAS[field.kind]}
    if field.label:
        schema["x-labels"] = field.label
    if field.max_length is not None:
        schema["maxLength"] = field.max_length
    if field.choices:
        schema["enum"] = [choice.value for choice in field.choices]
    bounds = {"minimum": field.minimum, "maximum": field.maximum}
    given = {name: bound for name, bound in bounds.items() if bound is not None}
    if field.kind == "number":
        schema |= given
    elif given:  # JSON Schema has no bounds for texts
        schema["description"] = "; ".join(f"{name}: {bound}" for name, bound in given.items())
    return schema
