"""The table of keys in docs/architecture.md is what the code writes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from tests.api import Api
from tests.cloud import Cloud
from tests.docs.everyday import live_through

TEXT = (Path(__file__).parent.parent.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
CODE = re.compile(r"`([^`]+)`")
IDENTIFIER = "[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}"
INDEXES = ("gsi1", "gsi2", "gsi3")


class Row(NamedTuple):
    """One kind of item: patterns of its key, and of its partition in each index that it is in."""

    kind: str
    pk: re.Pattern[str]
    sk: re.Pattern[str]
    indexes: dict[str, re.Pattern[str]]


def _pattern(cell: str) -> re.Pattern[str]:
    """What the texts in backticks match: `<id>` is one of our ids, any other `<…>` any text."""
    return re.compile("|".join(_expression(text) for text in CODE.findall(cell)))


def _expression(text: str) -> str:
    whole = text + "<id>" if text.endswith("#") else text  # `TKT#` for short
    parts = re.split(r"(<[^>]+>)", whole)
    return "".join(
        IDENTIFIER if part == "<id>" else ".+" if part.startswith("<") else re.escape(part) for part in parts
    )


def _rows() -> list[Row]:
    lines = TEXT.split("\n## The table\n")[1].split("\n## ")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [Row(row[0], _pattern(row[1]), _pattern(row[2]), _indexes(row[3:])) for row in cells[2:]]


def _indexes(cells: list[str]) -> dict[str, re.Pattern[str]]:
    """The first text of a cell is the partition; what it is sorted by follows."""
    return {
        name: re.compile(_expression(CODE.findall(cell)[0]))
        for name, cell in zip(INDEXES, cells, strict=True)
        if cell
    }


def test_the_code_writes_the_keys_that_are_listed(api: Api, cloud: Cloud) -> None:
    live_through(api, cloud)
    seen = set()
    for item in cloud.items():
        found = [row for row in _rows() if row.pk.fullmatch(item["pk"]) and row.sk.fullmatch(item["sk"])]
        assert len(found) == 1, f"{item['pk']} / {item['sk']} is {[row.kind for row in found]}"
        [row] = found
        seen.add(row.kind)
        for name in INDEXES:
            listed = item.get(f"{name}pk")
            if listed is not None:
                assert name in row.indexes, f"{row.kind} is in {name}, as {listed}"
                assert row.indexes[name].fullmatch(listed), f"{row.kind} is in {name} as {listed}"
    assert seen == {row.kind for row in _rows()}
