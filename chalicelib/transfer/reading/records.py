"""The records of a file: one row of cells, or one object, each with the byte after which the next begins."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from chalicelib.transfer.reading.lines import MAX_ROW, Line, Lines


class Record(NamedTuple):
    """A row's cells or object, or the problem for which it cannot be read."""

    end: int
    cells: list[str] = []
    fields: dict[str, Any] = {}
    problem: str | None = None


PROBLEMS = {
    "row_too_large": f"The row is over {MAX_ROW:,} bytes.",
    "invalid_bytes": "The row has bytes that are not of the file's encoding.",
    "bad_quotes": "A quote in the row is not closed, or something follows it.",
    "invalid_json": "The line is not a JSON object.",
    "too_many_cells": "The row has more cells than the file has columns.",
}
"""What the problems mean."""


class _Unclosed(Exception):
    """A record does not end within what a row may have."""


def csv_records(lines: Lines, separator: str, quote: str) -> Iterator[Record]:
    """The records of a CSV file. After one with broken quotes it goes on with the second of its lines."""
    csv.field_size_limit(MAX_ROW)
    taken: list[Line] = []
    while True:
        rows = csv.reader(_feed(lines, taken), delimiter=separator, quotechar=quote, strict=True)
        try:
            for cells in rows:
                damaged = any(line.damaged for line in taken)
                if cells:
                    yield Record(taken[-1].end, cells, problem="invalid_bytes" if damaged else None)
                taken.clear()
        except (csv.Error, _Unclosed):
            first, *others = taken
            taken.clear()
            lines.give_back(others)
            yield Record(first.end, problem=_problem(first))
        else:
            return


def _feed(lines: Lines, taken: list[Line]) -> Iterator[str]:
    """The lines' texts, for the reader of records; what it took of the current one is in `taken`."""
    size = 0
    for line in lines:
        size = size + len(line.text) if taken else len(line.text)
        taken.append(line)
        if line.too_long or size > MAX_ROW:
            raise _Unclosed
        yield line.text


def _problem(line: Line) -> str:
    if line.too_long:
        return "row_too_large"
    return "invalid_bytes" if line.damaged else "bad_quotes"


def json_records(lines: Lines) -> Iterator[Record]:
    """The records of a file with one JSON object a line; objects within it become `outer.inner`."""
    for line in lines:
        if line.too_long or line.damaged:
            yield Record(line.end, problem="row_too_large" if line.too_long else "invalid_bytes")
        elif line.text.strip():
            yield _json_record(line)


def _json_record(line: Line) -> Record:
    try:
        found = json.loads(line.text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return Record(line.end, problem="invalid_json")
    return Record(line.end, fields=flat(found))


def flat(given: dict[str, Any]) -> dict[str, Any]:
    """The object with the members of its objects beside its own, named `outer.inner`."""
    fields: dict[str, Any] = {}
    for name, value in given.items():
        if isinstance(value, dict):
            fields |= {f"{name}.{inner}": one for inner, one in value.items()}
        else:
            fields[name] = value
    return fields
