"""What is played to functions is somebody else's each time, and is known again all the same."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from bench.varying import number_in, plain, vary
from chalicelib.kernel import ids

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
NUMBERS = st.integers(0, 32**6 - 1)
RANDOM = st.lists(st.binary(min_size=10, max_size=10), min_size=2, max_size=5, unique_by=lambda one: one[:4])


@given(RANDOM, NUMBERS, NUMBERS)
def test_ids_differ_from_one_to_the_next_and_stay_apart(given: list[bytes], one: int, other: int) -> None:
    text = " ".join(f"cus_{ids.ulid(AT, part)} TKT#{ids.ulid(AT, part)}" for part in given)
    varied = vary(text, one).replace("TKT#", "cus_").split()
    assert varied[::2] == varied[1::2], "the same stays the same"
    assert len(set(varied)) == len(given), "others stay others"
    assert (vary(text, one) == vary(text, other)) == (one == other)


@given(RANDOM, NUMBERS)
def test_it_says_whose_it_is_and_what_it_was(given: list[bytes], number: int) -> None:
    moment = "2026-11-20T10:00:00.123Z"
    text = f'{{"pk": "CUS#{ids.ulid(AT, given[0])}", "email": "ada12@example.org", "at": "{moment}"}}'
    varied = vary(text, number)
    assert number_in(varied) == number
    assert plain(varied) == plain(text)
    assert plain(varied) == plain(varied.replace("10:00:00.123", "11:30:01"))
    assert vary(varied, number) == varied


def test_addresses_and_mails_are_anothers_too() -> None:
    text = "inbound/ses0001 ada@example.org support@shop.example"
    assert vary(text, 33) == "inbound/ses0001-zz000011 ada.zz000011@example.org support@shop.example"


def test_what_names_nobody_has_no_number() -> None:
    assert number_in('{"TableName": "rapport-test"}') is None
