"""Which custom fields customers can be listed by."""

from __future__ import annotations


def filterable() -> dict[str, str]:
    """The kinds of the custom fields marked filterable, by name: none as long as no fields are defined."""
    return {}
