"""How a file is written: format, encoding, separator, quote, columns; found out from its beginning."""

import re
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.model import Stored, is_clean
from chalicelib.transfer.reading.encodings import encoding_of, refuse_what_is_no_text
from chalicelib.transfer.reading.lines import Lines, Read
from chalicelib.transfer.reading.records import Record, csv_records, json_records

Format = Literal["csv", "jsonl"]
SEPARATORS = ",;\t|^~:\x1f"
"""What is tried, in this order of preference."""
MAX_COLUMNS = 1000
MAX_LABEL = 200
"""Characters of a column's label."""
MAX_LABELS = 100_000
"""Bytes of all columns' names together."""
SAMPLED = 50
"""Records that are looked at."""
_DATUM = re.compile(r"\S+@\S+\.\S+|[+(]?[\d][\d\s().,/-]{3,}|https?://.*")


class Dialect(Stored):
    """How to read the file. `columns` are labels, each once; `rows_at` is the byte of the first row."""

    format: Format
    encoding: str
    separator: str = ","
    quote: str = '"'
    header: bool = True
    columns: Annotated[list[str], Field(max_length=MAX_COLUMNS)]
    rows_at: int

    def records(self, read: Read, offset: int) -> Iterator[Record]:
        """The records from a byte offset on, which is where one begins."""
        lines = Lines(read, offset, self.encoding)
        if self.format == "jsonl":
            return json_records(lines)
        return csv_records(lines, self.separator, self.quote)


class Given(Stored):
    """What the caller knows better than we find out."""

    format: Format | None = None
    encoding: str | None = None
    separator: str | None = None
    quote: str | None = None
    header: bool | None = None


def dialect_of(head: bytes, *, whole: bool, given: Given) -> Dialect:
    """The dialect of a file that begins so; `whole` when that is all. Raises Invalid."""
    refuse_what_is_no_text(head)
    if not head.strip():
        raise Invalid("The file is empty.", code="empty_file")
    found, start = encoding_of(head, whole=whole)
    encoding = given.encoding or found
    read = _beginning(head)
    first = next(Lines(read, start, encoding)).text.lstrip()
    if (given.format or ("jsonl" if first.startswith("{") else "csv")) == "jsonl":
        return _jsonl(read, start, encoding)
    if first.startswith("[") and not given.format:
        raise Invalid(
            "A JSON array cannot be read by pieces; send one object a line.", code="unsupported_file"
        )
    quote = given.quote or '"'
    separator = given.separator or _separator(read, start, encoding, quote)
    return _csv(read, start, Dialect(
        format="csv", encoding=encoding, separator=separator, quote=quote, columns=[], rows_at=start,
    ), given.header)  # fmt: skip


def _beginning(head: bytes) -> Read:
    return lambda first, length: head[first : first + length]


def _jsonl(read: Read, start: int, encoding: str) -> Dialect:
    names: dict[str, None] = {}
    for record in islice(json_records(Lines(read, start, encoding)), SAMPLED):
        names |= dict.fromkeys(name for name in record.fields if len(name) <= MAX_LABEL and is_clean(name))
    if not names:
        raise Invalid("The file's first lines are no JSON objects with names.", code="unsupported_file")
    _check_number(names)
    return Dialect(format="jsonl", encoding=encoding, columns=list(names), rows_at=start)


def _csv(read: Read, start: int, dialect: Dialect, header: bool | None) -> Dialect:
    first = next((one for one in dialect.records(read, start) if not one.problem), None)
    if first is None:
        raise Invalid("The file's beginning cannot be read as rows.", code="unsupported_file")
    _check_number(first.cells)
    if header is None:
        header = not any(_DATUM.fullmatch(cell.strip()[:MAX_LABEL]) for cell in first.cells)
    labels = first.cells if header else [""] * len(first.cells)
    found = {"header": header, "columns": _labels(labels), "rows_at": first.end if header else start}
    return dialect.model_copy(update=found)


def _check_number(names: Collection[str]) -> None:
    """Raise Invalid for more than what an import's item holds, once here and once as the mapping's keys."""
    if len(names) > MAX_COLUMNS:
        reason = f"The file has {len(names):,} columns; {MAX_COLUMNS:,} can be read."
        raise Invalid(reason, code="too_many_columns")
    if sum(len(name[:MAX_LABEL].encode()) for name in names) > MAX_LABELS:
        reason = f"The columns' names have more than {MAX_LABELS:,} bytes together."
        raise Invalid(reason, code="too_many_columns")


def _labels(names: list[str]) -> list[str]:
    """A label for each column: its name, with a number when it has none or another one has it too."""
    labels: dict[str, None] = {}
    for place, name in enumerate(names, 1):
        plain = " ".join(name.split())[:MAX_LABEL] or f"Column {place}"
        label, number = plain, 2
        while label in labels:
            label, number = f"{plain} ({number})", number + 1
        labels[label] = None
    return list(labels)


def _separator(read: Read, start: int, encoding: str, quote: str) -> str:
    """The separator that cuts the first records into the most columns, all of them into as many."""
    return max(SEPARATORS, key=lambda one: _evenness(read, start, encoding, one, quote))


def _evenness(read: Read, start: int, encoding: str, separator: str, quote: str) -> float:
    records = csv_records(Lines(read, start, encoding), separator, quote)
    widths = Counter(0 if one.problem else len(one.cells) for one in islice(records, SAMPLED))
    [(width, often)] = widths.most_common(1)
    return (often / widths.total()) ** 2 * min(width, 30) if width > 1 else 0
