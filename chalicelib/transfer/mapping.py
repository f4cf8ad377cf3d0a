"""From a row's cells to a customer's fields, as the mapping says which column holds which."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from chalicelib.customers import field_texts
from chalicelib.customers.definitions import CustomField, Definitions
from chalicelib.kernel.errors import Invalid
from chalicelib.transfer.columns import restored
from chalicelib.transfer.opt_out_texts import says_no
from chalicelib.transfer.reading.records import PROBLEMS, Record

LISTS = {"email": "emails", "phone": "phones", "handle": "handles", "tags": "tags"}
FIELD = (
    "^(ignore|first_name|last_name|name|company|organisation_role|stage|locale|time_zone|owner|email|phone|"
    "handle|tags|opt_out|organisation_id|external_ids|custom|external_id|external_id\\.[a-z0-9][a-z0-9_-]{0,39}|"
    "handle\\.[a-z][a-z0-9_-]{0,29}|"
    "custom\\.[a-z][a-z0-9_]{0,49})$"
)
TargetField = Annotated[str, Field(pattern=FIELD)]
"""What a column may hold. `external_id.erp`, `handle.instagram` and `custom.size` name what of it.

`external_ids` and `custom` are those of an export: `erp:7; shop:9`, and a JSON object.
`opt_out` says that they want no mails.
"""

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
_SEVERAL = re.compile(r"\s*(?::::|;)\s*")
_SEVERAL_OR_COMMA = re.compile(r"\s*(?::::|;|,)\s*")
SEVERAL = {
    "email": _SEVERAL_OR_COMMA,
    "phone": _SEVERAL,
    "handle": _SEVERAL_OR_COMMA,
    "tags": _SEVERAL_OR_COMMA,
    "external_ids": _SEVERAL,
}
"""What parts the values of a field that holds several; phones may have commas within."""

Fields = dict[str, Any]
_Put = Callable[[Fields, Any], None]


class Mapper:
    """Reads rows by one mapping. Raises Invalid for a mapping that names no column of the file."""

    def __init__(
        self,
        columns: Sequence[str],
        mapping: Mapping[str, str],
        *,
        source: str,
        defaults: Fields,
        empty: bool,
        definitions: Definitions,
    ) -> None:
        unknown = [column for column in mapping if column not in columns]
        if unknown:
            raise Invalid.in_body("mapping", "names a column that the file does not have", "unknown_column")
        self._columns = columns
        self._puts = [
            (name, _putter(field, source, definitions))
            for name, field in mapping.items()
            if field != "ignore"
        ]
        if not self._puts:
            raise Invalid.in_body("mapping", "maps no column", "nothing_mapped")
        self._mapped = [(name, columns.index(name)) for name, _ in self._puts]
        self._several = {name: SEVERAL[field] for name, field in mapping.items() if field in SEVERAL}
        self._exact = {name for name, field in mapping.items() if field.startswith("custom.")}
        self._defaults = defaults
        self._empty = empty

    def fields(self, record: Record) -> Fields:
        """The fields that a record gives. Raises Invalid with the record's own problem."""
        if record.problem:
            raise Invalid(PROBLEMS[record.problem], code=record.problem)
        given = self._stripped(record.fields) if record.fields else self._named(record.cells)
        fields: Fields = {}
        for name, put in self._puts:
            value = given.get(name)
            if value not in (None, "", []) or (self._empty and name in given):
                put(fields, None if value == "" else value)
        return self._finished(fields)

    def _stripped(self, given: Fields) -> Fields:
        """An object's values that are mapped, texts without blanks around them; custom ones as they are."""
        found = {name: given[name] for name, _ in self._puts if name in given}
        return {
            name: value.strip() if isinstance(value, str) and name not in self._exact else value
            for name, value in found.items()
        }

    def _named(self, cells: list[str]) -> Fields:
        """Cells by column. Missing ones at the end are empty, as spreadsheets leave them out."""
        if any(cell.strip() for cell in cells[len(self._columns) :]):
            raise Invalid(PROBLEMS["too_many_cells"], code="too_many_cells")
        return {
            name: _cell(cells[place].strip(), self._several.get(name)) if place < len(cells) else ""
            for name, place in self._mapped
        }

    def _finished(self, fields: Fields) -> Fields:
        parts = [fields.pop(part, None) for part in ("first_name", "last_name")]
        joined = " ".join(part for part in parts if part)
        if joined and not fields.get("name"):
            fields["name"] = joined
        if "tags" in self._defaults:
            fields["tags"] = [*fields.get("tags", []), *self._defaults["tags"]]
        return fields


def _putter(field: str, source: str, definitions: Definitions) -> _Put:
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


def _external_id(source: str) -> _Put:
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


def _custom(name: str, defined: CustomField | None) -> _Put:
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


_PUTS: dict[str, _Put] = {
    "external_ids": _put_external_ids,
    "stage": _put_stage,
    "locale": _put_locale,
    "opt_out": _put_opt_out,
}
"""Of the fields that have a way of their own."""


def _extend(fields: Fields, name: str, values: list[str]) -> None:
    fields.setdefault(name, []).extend(values)


def _cell(text: str, several: re.Pattern[str] | None) -> Any:
    """What a cell says, without the apostrophes that an export puts before what would be a formula."""
    return restored(text) if several is None else [restored(part) for part in several.split(text) if part]


def _parts(value: Any, pattern: re.Pattern[str]) -> list[str]:
    """The several values of a field; Google marks its own labels with a star."""
    if value is None:
        return []
    parts = value if isinstance(value, list) else [part for part in pattern.split(_text(value)) if part]
    return [_text(part).removeprefix("* ") for part in parts]


def _text(value: Any) -> str:
    """A value of JSON as text; `true` and lists as JSON writes them, so that a rule can refuse them."""
    return value if isinstance(value, str) else str(value)
