"""Reads a CSV file as an import would: separator, quoting and encoding are found out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chalicelib.transfer.reading.dialect import Given, dialect_of

HEAD = 1 << 20
"""Bytes in which separator and encoding are found out."""


@contextmanager
def reading(path: Path) -> Iterator[tuple[list[str], Iterator[list[str]]]]:
    """The names of its columns, and the cells of each row that is not empty. Raises Invalid."""
    with path.open("rb") as file:

        def read(first: int, length: int) -> bytes:
            file.seek(first)
            return file.read(length)

        whole = path.stat().st_size <= HEAD
        dialect = dialect_of(read(0, HEAD), whole=whole, given=Given(header=True))
        records = dialect.records(read, dialect.rows_at)
        yield dialect.columns, (record.cells for record in records if record.cells or record.problem)
