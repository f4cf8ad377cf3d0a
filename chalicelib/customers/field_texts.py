"""Reads texts, as cells of a file hold them, as the kind of their custom field, where they are unambiguous.

What cannot be read comes back as it was, so that the check of the field (fields.py) says what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from chalicelib.customers.definitions import CustomField, Kind

_TRUE = "true yes y 1 on ja j wahr oui o vrai"
_FALSE = "false no n 0 off nein falsch non faux"
_BOOLEANS = dict.fromkeys(_TRUE.split(), True) | dict.fromkeys(_FALSE.split(), False)
"""In English, German and French."""
_PLAIN = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?")
_GROUPED = re.compile(
    r"([+-]?[0-9]{1,3}(?:([., '\u2019\u00a0\u202f])[0-9]{3})(?:\2[0-9]{3})*)(?:([.,])([0-9]+))?"
)
"""With separators of thousands, all the same."""
_COMMA = re.compile(r"([+-]?[0-9]{1,20}),([0-9]{1,2}|[0-9]{4,20})")
"""A comma before any but three digits cannot part thousands."""
_DOTTED = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})")
"""Day, month, year: nobody writes months first with dots."""
_SLASHED = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[/.]([0-9]{1,2})[/.]([0-9]{1,2})")
MAX_AMOUNT = 100
"""Characters of an amount; what is longer is none, and is not tried."""
_AMOUNT = re.compile(r"([A-Za-z]{3}|€)?\s*([^A-Za-z€]+?)\s*([A-Za-z]{3}|€)?")


def read(text: str, field: CustomField) -> Any:
    """The value that the text says, of the field's kind; the text itself where that is not certain."""
    reader = _READERS.get(field.kind)
    found = reader(field, text.strip()) if reader else None
    return text if found is None else found


def _number(_field: CustomField, text: str) -> int | float | None:
    plain = _plain_number(text)
    if plain is None:
        return None
    return float(plain) if re.search("[.eE]", plain) else int(plain)


def _plain_number(text: str) -> str | None:
    """The number as programs write it. `1.234` is little over one; `1,234` may be either, so it is none."""
    if _PLAIN.fullmatch(text):
        return text
    if comma := _COMMA.fullmatch(text):
        return f"{comma[1]}.{comma[2]}"
    grouped = _GROUPED.fullmatch(text)
    if grouped is None or grouped[2] == grouped[3]:
        return None
    groups = grouped[1].count(grouped[2])
    if grouped[2] in ".," and grouped[4] is None and groups == 1:
        return None
    whole = grouped[1].replace(grouped[2], "")
    return whole if grouped[4] is None else f"{whole}.{grouped[4]}"


def _boolean(_field: CustomField, text: str) -> bool | None:
    return boolean(text)


def boolean(text: str) -> bool | None:
    """Yes or no; None for a text that is neither."""
    return _BOOLEANS.get(text.casefold())


def _date(_field: CustomField, text: str) -> str | None:
    if dotted := _DOTTED.fullmatch(text):
        return _day(dotted[3], dotted[2], dotted[1])
    if year_first := _YEAR_FIRST.fullmatch(text):
        return _day(*year_first.groups())
    if slashed := _SLASHED.fullmatch(text):
        one, other, year = slashed.groups()
        found = {day for day in (_day(year, one, other), _day(year, other, one)) if day}
        return found.pop() if len(found) == 1 else None
    return None


def _day(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _money(_field: CustomField, text: str) -> str | None:
    found = _AMOUNT.fullmatch(text) if len(text) <= MAX_AMOUNT else None
    if found is None or bool(found[1]) == bool(found[3]):
        return None
    number = _plain_number(found[2])
    currency = (found[1] or found[3]).upper().replace("€", "EUR")
    return f"{number.lstrip('+')} {currency}" if number else None


def _choice(field: CustomField, text: str) -> str | None:
    """A choice in other case, or by its label in any language; if it is one of them alone."""
    if any(choice.value == text for choice in field.choices):
        return text
    folded = text.casefold()
    found = [
        choice.value
        for choice in field.choices
        if folded in {name.casefold() for name in (choice.value, *choice.label.values())}
    ]
    return found[0] if len(found) == 1 else None


_READERS: dict[Kind, Callable[[CustomField, str], Any]] = {
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "choice": _choice,
    "money": _money,
}
"""A text and a URL are what they are."""
