"""How the value of a column is put into a customer's fields, by the field that it holds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from chalicelib.customers import field_texts
from chalicelib.customers.definitions import CustomField, Definitions
from chalicelib.kernel.errors import Invalid
from chalicelib.transfer.columns import restored
from chalicelib.transfer.opt_out_texts import says_no

LISTS = {"email": "emails", "phone": "phones", "handle": "handles", "tags": "tags"}
STAGES = {
    "subscriber": "lead",
    "new": "lead",
    "marketingqualifiedlead": "lead",
    "marketing qualified lead": "lead",
    "salesqualifiedlead": "prospect",
    "sales qualified lead": "prospect",
    "opportunity": "prospect",
    "client": "customer",
    "evangelist": "customer",
    "inactive": "former",
    "churned": "former",
}
"""What other programs call our stages."""
_SEVERAL = re.compile(":::|;")
_SEVERAL_OR_COMMA = re.compile(":::|;|,")
SEVERAL = {
    "email": _SEVERAL_OR_COMMA,
    "phone": _SEVERAL,
    "handle": _SEVERAL_OR_COMMA,
    "tags": _SEVERAL_OR_COMMA,
    "external_ids": _SEVERAL,
}
"""What parts the values of a field that holds several; phones may have commas within.

Spaces around are taken off afterwards: a pattern that takes them too would try each run of them again and
again, and a cell may be a megabyte of spaces.
"""

Fields = dict[str, Any]
Put = Callable[[Fields, Any], None]


def putter(field: str, source: str, definitions: Definitions) -> Put:
    """What puts a value of a column into the fields."""
    kind, _, rest = field.partition(".")
    if kind == "external_id":
        return _external_id(rest or source)
    if kind == "custom":
        return _custom(rest, definitions.find(rest)) if rest else _put_customs
    if kind in _PUTS:
        return _PUTS[kind]
    if kind == "handle" and rest:
        return lambda fields, value: _extend(
            fields, "handles", [f"{rest}:{_text(value).lstrip('@')}"] if value else []
        )
    if kind in LISTS:
        return lambda fields, value: _extend(fields, LISTS[kind], _parts(value, SEVERAL[kind]))
    return lambda fields, value: fields.update({kind: value and _text(value)})


def _external_id(source: str) -> Put:
    def put(fields: Fields, value: Any) -> None:
        if value is not None:
            fields.setdefault("external_ids", {})[source] = _text(value)

    return put


def _put_external_ids(fields: Fields, value: Any) -> None:
    for entry in _parts(value, SEVERAL["external_ids"]):
        source, colon, identifier = entry.partition(":")
        if not colon:
            raise Invalid.in_body("external_ids", "has entries of the form source:id", "invalid_external_id")
        fields.setdefault("external_ids", {})[source] = identifier


def _custom(name: str, defined: CustomField | None) -> Put:
    """Texts are read as the kind of their field; no value is kept as an empty text, which may clear it."""

    def put(fields: Fields, value: Any) -> None:
        if isinstance(value, str) and defined is not None:
            value = field_texts.read(value, defined)
        fields.setdefault("custom", {})[name] = "" if value is None else value

    return put


def _put_customs(fields: Fields, value: Any) -> None:
    """An object of fields, as an export has those without a column of their own."""
    try:
        found = json.loads(value) if isinstance(value, str) else {}
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Invalid.in_body("custom", "must be a JSON object", "invalid_json")
    fields["custom"] = found | fields.get("custom", {})


def _put_stage(fields: Fields, value: Any) -> None:
    if value:
        word = _text(value).casefold()
        fields["stage"] = STAGES.get(word, word)


def _put_locale(fields: Fields, value: Any) -> None:
    fields["locale"] = value and _text(value).replace("_", "-")


def _put_opt_out(fields: Fields, value: Any) -> None:
    """One yes is enough, of whichever column."""
    fields["opt_out"] = says_no(value) or fields.get("opt_out", False)


_PUTS: dict[str, Put] = {
    "external_ids": _put_external_ids,
    "stage": _put_stage,
    "locale": _put_locale,
    "opt_out": _put_opt_out,
}
"""Of the fields that have a way of their own."""


def _extend(fields: Fields, name: str, values: list[str]) -> None:
    fields.setdefault(name, []).extend(values)


def cell(text: str, several: re.Pattern[str] | None) -> Any:
    """What a cell says, without the apostrophes that an export puts before what would be a formula."""
    return restored(text) if several is None else [restored(part) for part in _split(text, several)]


def _split(text: str, pattern: re.Pattern[str]) -> list[str]:
    return [stripped for part in pattern.split(text) if (stripped := part.strip())]


def _parts(value: Any, pattern: re.Pattern[str]) -> list[str]:
    """The several values of a field; Google marks its own labels with a star."""
    if value is None:
        return []
    parts = value if isinstance(value, list) else _split(_text(value), pattern)
    return [_text(part).removeprefix("* ") for part in parts]


def _text(value: Any) -> str:
    """A value of JSON as text; `true` and lists as JSON writes them, so that a rule can refuse them."""
    return value if isinstance(value, str) else str(value)
