"""Merge patches (RFC 7396) of entities: what a patch gives, and what of it is new."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel


def given(patch: BaseModel) -> dict[str, Any]:
    """The fields that a patch gives, as it gives them; None takes a value away."""
    return {name: getattr(patch, name) for name in patch.model_fields_set}


def changed(before: BaseModel, given: Mapping[str, Any]) -> list[str]:
    """The names of those of these fields that are other than they were, sorted."""
    return sorted(name for name, value in given.items() if getattr(before, name) != value)
