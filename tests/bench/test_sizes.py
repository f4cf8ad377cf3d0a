"""Item sizes and write units, against the examples and rules of AWS's developer guide."""

from __future__ import annotations

from typing import Any

import pytest

from bench.sizes import size_of, write_units


def item(size: int, **index: str) -> dict[str, Any]:
    """An item of this size, index attributes included."""
    places = {name: {"S": value} for name, value in index.items()}
    rest = size - size_of(places) - len("text")
    return {**places, "text": {"S": "x" * rest}}


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ({"pk": {"S": "abc"}}, 5),
        ({"pk": {"S": "ü"}}, 4),
        ({"flag": {"BOOL": True}}, 5),
        ({"none": {"NULL": True}}, 5),
        ({"n": {"N": "1234"}}, 4),
        ({"n": {"N": "-12"}}, 4),
        ({"list": {"L": [{"S": "ab"}]}}, 4 + 3 + 1 + 2),
        ({"map": {"M": {"a": {"S": "b"}}}}, 3 + 3 + 1 + 2),
    ],
)
def test_the_size_of_an_item(attributes: dict[str, Any], size: int) -> None:
    assert size_of(attributes) == size


def test_a_kilobyte_costs_two_units_in_a_transaction() -> None:
    assert write_units(None, item(1024)) == (2, 0)
    assert write_units(None, item(1025)) == (4, 0)


def test_the_larger_of_both_versions_counts() -> None:
    assert write_units(item(2000), item(100)) == (4, 0)


def test_an_index_is_written_once_unless_the_place_changes() -> None:
    here, there = {"gsi1pk": "a", "gsi1sk": "1"}, {"gsi1pk": "a", "gsi1sk": "2"}
    assert write_units(None, item(500, **here)) == (2, 1)
    assert write_units(item(500, **here), item(501, **here)) == (2, 1)
    assert write_units(item(500, **here), item(500, **there)) == (2, 2)
    assert write_units(item(500, **here), None) == (2, 1)


def test_a_check_writes_no_index() -> None:
    same = item(500, gsi1pk="a", gsi1sk="1")
    assert write_units(same, same) == (2, 0)
