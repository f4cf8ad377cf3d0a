"""From a row's cells to a customer's fields, as the mapping says which column holds which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field

from chalicelib.customers.definitions import Definitions
from chalicelib.kernel.errors import Invalid
from chalicelib.transfer.putting import SEVERAL, Fields, cell, putter
from chalicelib.transfer.reading.records import PROBLEMS, Record

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
            (name, putter(field, source, definitions)) for name, field in mapping.items() if field != "ignore"
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
            name: cell(cells[place].strip(), self._several.get(name)) if place < len(cells) else ""
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
