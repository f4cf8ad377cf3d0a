"""The columns of a table of customers, and cells that no spreadsheet evaluates.

A spreadsheet takes a cell for a formula that begins with `=`, `+`, `-`, `@`, a tab or a line break (OWASP,
"CSV Injection"). Such a cell gets an apostrophe before it, and so does one that begins with an apostrophe
and then one of these, so that who reads the file back takes one apostrophe away and has what was there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from chalicelib.customers.definitions import Definitions
from chalicelib.customers.model import Customer

COLUMNS = (
    "id", "name", "emails", "phones", "company", "external_ids", "handles", "organisation_id",
    "organisation_role", "stage", "tags", "locale", "time_zone", "owner", "created_at", "updated_at",
    "custom",
)  # fmt: skip
CUSTOM = "custom."
"""Before the name of a custom field that has a column of its own."""
SEPARATOR = "; "
"""Between the entries of a list in one cell."""

_EVALUATED = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_PLAIN = re.compile(r"\+[0-9]{4,15}|-[0-9]{1,15}(\.[0-9]{1,15})?")
"""A phone number (E.164) or a negative number: evaluated, they are what they say."""


def defused(text: str) -> str:
    """The text as a cell that no spreadsheet evaluates."""
    return f"'{text}" if _EVALUATED.match(text) and not _PLAIN.fullmatch(text) else text


def restored(cell: str) -> str:
    """What `defused` was given, of a cell or an entry of a list that a file holds."""
    return cell[1:] if cell.startswith("'") and _EVALUATED.match(cell) else cell


def row(customer: dict[str, Any], columns: Iterable[str]) -> list[str]:
    """A customer, as JSON has them, as the cells of these columns."""
    custom = dict(customer.get("custom") or {})
    cells = []
    for column in columns:
        value = custom.get(column.removeprefix(CUSTOM)) if column.startswith(CUSTOM) else customer.get(column)
        if column == "custom":
            apart = {name.removeprefix(CUSTOM) for name in columns if name.startswith(CUSTOM)}
            value = {name: inner for name, inner in custom.items() if name not in apart}
            cells.append(json.dumps(value, ensure_ascii=False) if value else "")
        else:
            cells.append(_cell(value))
    return cells


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return _joined([str(one) for one in value])
        case dict():
            return _joined([f"{name}:{inner}" for name, inner in value.items()])
    return defused(str(value))


def _joined(entries: list[str]) -> str:
    """Entries in one cell, each of them safe, since some spreadsheets part cells at the semicolon."""
    if len(entries) == 1:
        return defused(entries[0])
    return SEPARATOR.join(f"'{one}" if _EVALUATED.match(one) else one for one in entries)


def default_columns(definitions: Definitions) -> list[str]:
    """The columns of a table for which nobody chose any; each field that is defined has one of its own."""
    *others, rest = COLUMNS
    return [*others, *(CUSTOM + field.name for field in definitions.data), rest]


def is_column(name: str) -> bool:
    """Whether a customer has such a column."""
    return name in COLUMNS or re.fullmatch(r"custom\.[a-z][a-z0-9_]{0,49}", name) is not None


def chosen(customer: Customer, columns: Iterable[str]) -> dict[str, Any]:
    """A customer as JSON, with these columns alone; custom fields stay together."""
    whole = customer.model_dump(mode="json")
    wanted = {name.partition(".")[0] for name in columns}
    part = {name: whole[name] for name in COLUMNS if name in wanted}
    if "custom" in part and "custom" not in columns:
        own = {name.removeprefix(CUSTOM) for name in columns if name.startswith(CUSTOM)}
        part["custom"] = {name: value for name, value in part["custom"].items() if name in own}
    return part
