"""What somebody may put into a file or a mail takes no longer than its size says."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from chalicelib.customers import field_texts
from chalicelib.customers.definitions import CustomField
from chalicelib.mail.reading import prose
from chalicelib.transfer.putting import SEVERAL, cell
from chalicelib.transfer.reading.dialect import Given, dialect_of

LONG = 20_000
"""Characters: a cell may have fifty times as many."""


def _seconds(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


@pytest.mark.parametrize("field", SEVERAL)
def test_a_cell_of_spaces_is_parted_at_once(field: str) -> None:
    pattern = SEVERAL[field]
    assert cell("a ::: b;" + " " * 50 + "; c", pattern) == ["a", "b", "c"]
    assert _seconds(lambda: cell("a" + " " * LONG + "b", pattern)) < 0.05


def test_what_is_too_long_for_an_amount_is_none_at_once() -> None:
    price = CustomField.model_construct(name="price", kind="money", version=1)
    assert field_texts.read("12,50 €", price) == "12.50 EUR"
    hostile = "AAA1" + " " * 2_000 + "!"
    assert field_texts.read(hostile, price) == hostile
    assert _seconds(lambda: field_texts.read(hostile, price)) < 0.02


def test_a_file_that_begins_with_a_long_cell_is_analysed_at_once() -> None:
    hostile = "a@a.a" * 2_000
    assert _seconds(lambda: dialect_of(f"{hostile} x,b\n1,2\n".encode(), whole=True, given=Given())) < 0.1


def test_a_report_of_many_addresses_behind_spaces_is_read_at_once() -> None:
    words = "\n".join(f"message{' ' * 70}x a{number}@b.example" for number in range(300))
    assert len(prose.recipients_in(words, ours=())) == 300
    assert _seconds(lambda: prose.recipients_in(words, ours=())) < 0.5
