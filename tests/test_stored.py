"""What is stored leaves out what is empty, so everything stored must be readable without it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any, get_args

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError

from chalicelib.features import FEATURES, WORKERS
from chalicelib.kernel.model import Stored

for name in (*FEATURES, *WORKERS):
    import_module(name)


def _below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for one in model.__subclasses__():
        yield one
        yield from _below(one)


def _named_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a field's type names, however deep."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for one in get_args(annotation):
        yield from _named_in(one)


def _within(model: type[BaseModel], found: dict[type[BaseModel], None]) -> None:
    if model not in found:
        found[model] = None
        for field in model.model_fields.values():
            for one in _named_in(field.annotation):
                _within(one, found)


def _stored() -> list[type[BaseModel]]:
    found: dict[type[BaseModel], None] = {}
    for model in _below(Stored):
        _within(model, found)
    return sorted(found, key=lambda model: (model.__module__, model.__qualname__))


def _may_be_none(annotation: Any) -> bool:
    try:
        TypeAdapter(annotation).validate_python(None)
    except (ValidationError, PydanticUserError):  # a name that refers to its own model is no None
        return False
    return True


@pytest.mark.parametrize("model", _stored(), ids=lambda model: f"{model.__module__}.{model.__qualname__}")
def test_what_may_be_empty_may_be_left_out(model: type[BaseModel]) -> None:
    fields = model.model_fields.items()
    assert [name for name, field in fields if field.is_required() and _may_be_none(field.annotation)] == []
