"""The API's pages about itself: health, its document with the custom fields of this business, /docs."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from chalicelib.features import FEATURES
from chalicelib.kernel.http.docs import docs_routes
from chalicelib.kernel.http.routes import Route


def described() -> list[Route]:
    """Every route of every feature."""
    return [route for module in FEATURES for route in import_module(module).routes.table]


def _describe_fields(document: dict[str, Any]) -> None:
    from chalicelib.customers.field_schemas import extend

    extend(document)


routes = docs_routes(described, extended_by=[_describe_fields])
