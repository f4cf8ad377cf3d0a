"""One row's fields, as a caller or a file gives them, checked and brought to their one form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from chalicelib.customers import fields as custom_fields
from chalicelib.customers.definitions import Definitions
from chalicelib.customers.identity import normal_phone
from chalicelib.customers.known import Row
from chalicelib.customers.model import NewCustomer
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.model import each_once

NULLABLE = frozenset(
    ("name", "company", "organisation_id", "organisation_role", "locale", "time_zone", "owner")
)
"""Fields of which null means that they are empty; elsewhere it says nothing."""


def read_row(number: int, fields: Mapping[str, Any], region: str, definitions: Definitions) -> Row:
    """The row of these fields. Raises Invalid, naming the first field that is wrong."""
    said = {name: value for name, value in fields.items() if value is not None or name in NULLABLE}
    try:
        new = NewCustomer.model_validate(said)
    except ValidationError as error:
        raise _invalid(error) from None
    if new.phones:
        new = new.model_copy(update={"phones": _phones(new.phones, region)})
    if new.custom:
        new = new.model_copy(update={"custom": _custom(new.custom, definitions)})
    return Row(number, new)


def _custom(given: dict[str, Any], definitions: Definitions) -> dict[str, Any]:
    """The values in their one form. An empty text says that there is none, which fits any field."""
    said = {name: value for name, value in given.items() if value != ""}
    return given | custom_fields.check(said, definitions, complete=False)


def _invalid(error: ValidationError) -> Invalid:
    found = error.errors(include_url=False, include_context=False, include_input=False)[0]
    name = ".".join(str(part) for part in found["loc"])[:200]
    return Invalid.in_body(name, found["msg"].removeprefix("Value error, "), found["type"])


def _phones(given: list[str], region: str) -> list[str]:
    numbers = []
    for place, text in enumerate(given):
        try:
            numbers.append(normal_phone(text, region))
        except ValueError as error:
            raise Invalid.in_body(f"phones.{place}", str(error), "invalid_phone") from None
    return each_once(numbers)
