"""Which custom fields customers can be listed by."""

from __future__ import annotations

from chalicelib.customers import service as customers


def filterable() -> dict[str, str]:
    """The kinds of the custom fields marked filterable, by name."""
    return {field.name: field.kind for field in customers.definitions().data if field.filterable}
