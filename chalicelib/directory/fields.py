"""Which custom fields customers can be listed by."""

from __future__ import annotations

from chalicelib.customers import defining
from chalicelib.customers import service as customers


def filterable(*, now: bool = False) -> dict[str, str]:
    """The kinds of the custom fields marked filterable, by name: as of half a minute ago, or as of `now`."""
    found = defining.read() if now else customers.definitions()
    return {field.name: field.kind for field in found.data if field.filterable}
