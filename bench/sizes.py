"""Sizes of items as DynamoDB counts them, and what writing them costs.

Rules: "DynamoDB item sizes and formats" and "Capacity unit consumption" in AWS's developer guide. A write
unit is a kilobyte, twice in a transaction; an index is written after it, at the single price.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

INDEXES = ("gsi1", "gsi2", "gsi3")
KILOBYTE = 1024


def size_of(item: Mapping[str, Any]) -> int:
    """Bytes of an item as it is on the wire: names and values in UTF-8."""
    return sum(len(name.encode()) + _value(attribute) for name, attribute in item.items())


def _value(attribute: Mapping[str, Any]) -> int:
    """Bytes of a value; a list or map takes three, and one for each entry."""
    ((kind, value),) = attribute.items()
    match kind:
        case "S":
            return len(str(value).encode())
        case "N":
            digits = len(str(value).lstrip("-").replace(".", "").strip("0"))
            return (digits + 1) // 2 + 1 + str(value).startswith("-")
        case "B":
            return len(bytes(value))
        case "M":
            return 3 + size_of(value) + len(value)
        case "L":
            return 3 + sum(1 + _value(inner) for inner in value)
    return 1


def units(size: int) -> int:
    """Write units of so many bytes, outside a transaction."""
    return max(1, -(-size // KILOBYTE))


def write_units(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[int, int]:
    """Units that a transaction takes for one item, in the table and in its indexes.

    `before` and `after` are the item as it was and will be, None where it is not; the larger one counts.
    """
    sizes = [size_of(item) if item else 0 for item in (before, after)]
    indexed = 0
    for index in INDEXES if before != after else ():  # what is only checked is not written anew
        places = [_place(index, item) for item in (before, after)]
        if places[0] == places[1]:
            indexed += units(max(sizes)) if places[0] else 0
        else:
            indexed += sum(units(size) for size, place in zip(sizes, places, strict=True) if place)
    return 2 * units(max(sizes)), indexed


def _place(index: str, item: Mapping[str, Any] | None) -> tuple[Any, Any] | None:
    """Where an item stands in an index, if it does."""
    if item is None or f"{index}pk" not in item:
        return None
    return item[f"{index}pk"], item[f"{index}sk"]
