"""From a row's cells to a customer's fields, as the mapping says which column holds which."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from chalicelib.kernel.errors import Invalid
from chalicelib.transfer.reading.records import PROBLEMS, Record

LISTS = {"email": "emails", "phone": "phones", "handle": "handles", "tags": "tags"}
FIELD = (
    "^(ignore|first_name|last_name|name|company|organisation_role|stage|locale|time_zone|owner|email|phone|"
    "handle|tags|external_id|external_id\\.[a-z0-9][a-z0-9_-]{0,39}|handle\\.[a-z][a-z0-9_-]{0,29}|"
    "custom\\.[a-z][a-z0-9_]{0,49})$"
)
TargetField = Annotated[str, Field(pattern=FIELD)]
"""What a column may hold. `external_id.erp`, `handle.instagram` and `custom.size` name what of it."""

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
    ) -> None:
        unknown = [column for column in mapping if column not in columns]
        if unknown:
            raise Invalid.in_body("mapping", "names a column that the file does not have", "unknown_column")
        self._columns = columns
        self._puts = [(name, _putter(field, source)) for name, field in mapping.items() if field != "ignore"]
        if not self._puts:
            raise Invalid.in_body("mapping", "maps no column", "nothing_mapped")
        self._places = {name: place for place, name in enumerate(columns)}
        self._defaults = defaults
        self._empty = empty

    def fields(self, record: Record) -> Fields:
        """The fields that a record gives. Raises Invalid with the record's own problem."""
        if record.problem:
            raise Invalid(PROBLEMS[record.problem], code=record.problem)
        given = record.fields or self._named(record.cells)
        fields: Fields = {}
        for name, put in self._puts:
            value = given.get(name)
            value = value.strip() if isinstance(value, str) else value
            if value not in (None, "", []) or (self._empty and name in given):
                put(fields, None if value == "" else value)
        return self._finished(fields)

    def _named(self, cells: list[str]) -> Fields:
        """Cells by column. Missing ones at the end are empty, as spreadsheets leave them out."""
        if any(cell.strip() for cell in cells[len(self._columns) :]):
            raise Invalid(PROBLEMS["too_many_cells"], code="too_many_cells")
        return {name: cells[place] if place < len(cells) else "" for name, place in self._places.items()}

    def _finished(self, fields: Fields) -> Fields:
        parts = [fields.pop(part, None) for part in ("first_name", "last_name")]
        joined = " ".join(part for part in parts if part)
        if joined and not fields.get("name"):
            fields["name"] = joined
        if "tags" in self._defaults:
            fields["tags"] = [*fields.get("tags", []), *self._defaults["tags"]]
        return fields


def _putter(field: str, source: str) -> _Put:
    """What puts a value of a column into the fields."""
    kind, _, rest = field.partition(".")
    if kind == "external_id":
        return _into_map("external_ids", rest or source, text=True)
    if kind == "custom":
        return _into_map("custom", rest, text=False)
    if kind == "handle" and rest:
        return lambda fields, value: _extend(
            fields, "handles", [f"{rest}:{_text(value).lstrip('@')}"] if value else []
        )
    if kind in LISTS:
        pattern = _SEVERAL if kind == "phone" else _SEVERAL_OR_COMMA
        return lambda fields, value: _extend(fields, LISTS[kind], _parts(value, pattern))
    if kind == "stage":
        return _put_stage
    if kind == "locale":
        return lambda fields, value: fields.update(locale=value and _text(value).replace("_", "-"))
    return lambda fields, value: fields.update({kind: value and _text(value)})


def _into_map(name: str, key: str, *, text: bool) -> _Put:
    def put(fields: Fields, value: Any) -> None:
        if value is None:
            value = "" if name == "custom" else None
        elif text:
            value = _text(value)
        if value is not None:
            fields.setdefault(name, {})[key] = value

    return put


def _put_stage(fields: Fields, value: Any) -> None:
    if value:
        word = _text(value).casefold()
        fields["stage"] = STAGES.get(word, word)


def _extend(fields: Fields, name: str, values: list[str]) -> None:
    fields.setdefault(name, []).extend(values)


def _parts(value: Any, pattern: re.Pattern[str]) -> list[str]:
    """The several values of a cell; Google marks its own labels with a star."""
    if isinstance(value, list):
        return [_text(one) for one in value]
    return [part.removeprefix("* ") for part in pattern.split(_text(value)) if part] if value else []


def _text(value: Any) -> str:
    """A value of JSON as text; `true` and lists as JSON writes them, so that a rule can refuse them."""
    return value if isinstance(value, str) else str(value)
