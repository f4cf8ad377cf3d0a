"""Reading files of rows: every dialect, from any place on, and what no file may do to the reader."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.errors import Invalid
from chalicelib.transfer.reading import lines as physical
from chalicelib.transfer.reading.dialect import Dialect, Given, dialect_of
from chalicelib.transfer.reading.lines import MAX_ROW, Lines
from chalicelib.transfer.reading.records import Record

ENCODINGS = ["utf-8", "utf-16-le", "utf-16-be", "cp1252", "latin-1"]
LETTERS = "ab1 ,;|'\"\t\n\r=éß"
CELLS = st.text(st.sampled_from(LETTERS), max_size=6)


def reader(content: bytes) -> physical.Read:
    return lambda first, length: content[first : first + length]


def plain(encoding: str = "utf-8", **more: Any) -> Dialect:
    return Dialect(format="csv", encoding=encoding, columns=[], rows_at=0, **more)


def cells(content: bytes, dialect: Dialect | None = None) -> list[Any]:
    return [one.problem or one.cells for one in (dialect or plain()).records(reader(content), 0)]


@given(
    rows=st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=8),
    encoding=st.sampled_from(ENCODINGS),
    separator=st.sampled_from(",;\t|"),
    quote=st.sampled_from("\"'"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    block=st.integers(1, 40),
)
def test_what_any_dialect_wrote_is_read_and_read_on_from_any_record(
    rows: list[list[str]], encoding: str, separator: str, quote: str, end: str, block: int
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, quotechar=quote, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows(rows)
    content = text.getvalue().encode(encoding)
    dialect = plain(encoding, separator=separator, quote=quote)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(physical, "BLOCK", 2 * block)
        found = list(dialect.records(reader(content), 0))
        assert [record.cells for record in found] == rows
        for place, record in enumerate(found):
            rest = dialect.records(reader(content), record.end)
            assert [one.cells for one in rest] == rows[place + 1 :]


@given(content=st.binary(max_size=300), encoding=st.sampled_from(ENCODINGS), block=st.integers(1, 40))
def test_any_bytes_are_read_to_their_end(content: bytes, encoding: str, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(physical, "BLOCK", 2 * block)
        found = list(Lines(reader(content), 0, encoding))
        assert [line.end for line in found][-1:] == ([len(content)] if content else [])
        records = list(plain(encoding).records(reader(content), 0))
        for place, record in enumerate(records):
            rest = list(plain(encoding).records(reader(content), record.end))
            assert rest == records[place + 1 :]


def test_a_quote_that_is_not_closed_costs_its_own_row_alone() -> None:
    content = b'1,"open\n2,"two"\n3,three\n4,"end'
    assert cells(content) == ["bad_quotes", ["2", "two"], ["3", "three"], "bad_quotes"]
    content = b'1,"open\n' + b"2,b\n" * 400_000
    assert cells(content) == ["bad_quotes"] + [["2", "b"]] * 400_000


def test_invalid_bytes_cost_their_own_row_alone() -> None:
    assert cells(b"a,\xff\nb,\xc3\xa9\n") == ["invalid_bytes", ["b", "é"]]
    odd = "a,b\n".encode("utf-16-le") + b"\x00\xd8\n\x00" + b"x"
    assert cells(odd, plain("utf-16-le")) == [["a", "b"], "invalid_bytes", "invalid_bytes"]


def test_a_row_of_a_hundred_megabytes_is_skipped_unkept() -> None:
    length = 100_000_000
    asked = []

    def read(first: int, size: int) -> bytes:
        asked.append(size)
        whole = b"a,b\n" + b"x" * max(0, min(size, length - first))
        if first == 0:
            return whole[:size]
        left = length + 4 - first
        return b"x" * min(size, left) if left >= size else b"x" * left + b"\nc,d\n"

    found = list(plain().records(read, 0))
    assert [one.problem or one.cells for one in found] == [["a", "b"], "row_too_large", ["c", "d"]]
    assert found[-1].end == length + 4 + 5
    assert max(asked) <= physical.BLOCK


def test_a_row_that_fits_a_block_may_be_too_large_too() -> None:
    long = b"y" * (MAX_ROW + 1)
    assert cells(b"a\n" + long + b"\nb\n" + long) == [["a"], "row_too_large", ["b"], "row_too_large"]
    quoted = b'"' + b"line\n" * (MAX_ROW // 5 + 1) + b'"\nb\n'
    assert cells(quoted)[0] == "bad_quotes"
    assert cells(quoted)[-1] == ["b"]


def found(content: bytes, **known: Any) -> Dialect:
    return dialect_of(content, whole=True, given=Given(**known))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "^"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_the_dialect_is_found_out(separator: str, encoding: str) -> None:
    rows = [
        ["Name", "E-Mail", "Notiz"],
        ["Jürgen", "j@example.org", 'sagt "ja, gut; oder"'],
        ["Zoë", "", "a\nb"],
    ]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(rows)
    content = text.getvalue().encode(encoding)
    dialect = found(content)
    assert (dialect.separator, dialect.header, dialect.columns) == (separator, True, rows[0])
    assert [one.cells for one in dialect.records(reader(content), dialect.rows_at)] == rows[1:]


def test_other_letters_are_told_from_western_ones() -> None:
    russian = "имя,почта\nАнна Каренина,anna@example.org\n" * 30
    assert found(russian.encode("cp1251")).encoding == "cp1251"
    assert found("naïve,café\n".encode("latin-1")).encoding == "cp1252"


def test_headers_may_be_missing_or_come_twice() -> None:
    bare = found(b"Ada,ada@example.org\nBob,bob@example.org\n")
    assert (bare.header, bare.columns, bare.rows_at) == (False, ["Column 1", "Column 2"], 0)
    twice = found(b"Name,,Name,Name (2)\n")
    assert twice.columns == ["Name", "Column 2", "Name (2)", "Name (2) (2)"]


def test_json_lines() -> None:
    rows = [{"name": "Ada", "custom": {"size": 1}}, {"name": "Bob", "emails": ["b@example.org"]}]
    content = "\n\n".join(json.dumps(row) for row in rows).encode() + b"\n[1]\n{bad"
    dialect = found(content)
    assert (dialect.format, dialect.columns) == ("jsonl", ["name", "custom.size", "emails"])
    assert list(dialect.records(reader(content), 0))[2:] == [
        Record(len(content) - 4, problem="invalid_json"),
        Record(len(content), problem="invalid_json"),
    ]


def test_names_that_no_mapping_can_hold_are_no_columns() -> None:
    rows = [{"name": "Ada", "\ud800": 1, "\x00": 2, "x" * 201: 3}, {"y" * 200: 4}]
    assert found("\n".join(map(json.dumps, rows)).encode()).columns == ["name", "y" * 200]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b" \r\n \n", "empty_file"),
        (b"PK\x03\x04....", "unsupported_file"),
        (b"\x1f\x8b\x08", "unsupported_file"),
        (b"%PDF-1.7", "unsupported_file"),
        (b"\xd0\xcf\x11\xe0", "unsupported_file"),
        (b"ab\x00\x01\x02\x03", "unsupported_file"),
        (b'[{"a": 1}]', "unsupported_file"),
        (b",".join([b"c"] * 10_000), "too_many_columns"),
        (",".join("\u00e9" * 199 + str(number) for number in range(300)).encode(), "too_many_columns"),
        (json.dumps({"\ud800": 1}).encode(), "unsupported_file"),
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        found(content)
    assert refused.value.code == code
