"""Ids: they sort by time, tell it, and follow from their parts where they must."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from chalicelib.access.model import KeyId
from chalicelib.kernel import ids

TIMES = st.datetimes(datetime(1970, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis takes naive bounds
MOMENT = datetime(2026, 3, 1, 9, 30, 0, 123000, tzinfo=UTC)


def time_of(identifier: str) -> datetime:
    """The moment that a ULID or a prefixed id carries (Crockford's base 32)."""
    number = 0
    for character in identifier[-26:-16]:
        number = number << 5 | "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(character)
    return ids.EPOCH + number * ids.MILLISECOND


@given(TIMES)
def test_an_id_tells_its_time_to_the_millisecond(at: datetime) -> None:
    identifier = ids.new_id("cus", at)
    assert re.fullmatch(f"cus_{ids.ULID_PATTERN}", identifier)
    assert timedelta() <= at - time_of(identifier) < ids.MILLISECOND


@given(TIMES, TIMES)
def test_ids_sort_by_time(one: datetime, other: datetime) -> None:
    earlier, later = sorted((one, other))
    if later - earlier >= ids.MILLISECOND:
        assert ids.ulid(earlier) < ids.ulid(later)


def test_the_example_of_the_ulid_specification() -> None:
    at = datetime.fromtimestamp(1469918176385 / 1000, UTC)
    assert ids.ulid(at)[:10] == "01ARYZ6S41"
    assert ids.ulid(at, b"\xff" * 10)[10:] == "Z" * 16
    assert ids.ulid(at, bytes(10))[10:] == "0" * 16


def test_a_thousand_ids_of_one_moment_differ() -> None:
    assert len({ids.ulid(MOMENT) for _ in range(1000)}) == 1000


def test_a_derived_id_follows_from_its_parts() -> None:
    one = ids.derived_id("msg", MOMENT, "a", "b")
    assert one == ids.derived_id("msg", MOMENT, "a", "b")
    assert time_of(one) == MOMENT
    others = [ids.derived_id("msg", MOMENT, *parts) for parts in (("ab",), ("a", "c"), ("b", "a"), ())]
    assert len({one, *others}) == 5


def test_the_clock_is_in_utc_and_to_the_millisecond() -> None:
    now = ids.now()
    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0
    assert abs(now - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    "text",
    ["", "key_", "cus_01J00000000000000000000000", "key_01j00000000000000000000000",
     "key_81J0000000000000000000000",
     "key_01J0000000000000000000000U", "key_01J000000000000000000000000", "key_01J00000000000000000000000\n"],
)  # fmt: skip
def test_an_id_of_another_kind_is_refused(text: str) -> None:
    key: TypeAdapter[str] = TypeAdapter(KeyId)
    with pytest.raises(ValidationError):
        key.validate_python(text)
