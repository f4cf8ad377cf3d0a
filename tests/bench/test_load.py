"""The load's arithmetic: the mix of requests, percentiles, and what counts as an error."""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import mix
from bench.clients import Sample, medians, percentile, refused, summary

CROWD = mix.Crowd(["cus_1", "cus_2"], ["ada@example.org"], ["lovelace"])


def test_of_a_hundred_requests_seventy_read_twenty_write_and_ten_give_feedback() -> None:
    shares: Counter[str] = Counter()
    for make, share in mix.SHARES.items():
        asked = make(CROWD, random.Random(1))
        giving = asked.what == mix.GIVING
        shares["feedback" if giving else "reads" if asked.method == "GET" else "writes"] += share
    assert shares == {"reads": 70, "writes": 20, "feedback": 10}
    rng = random.Random(1)
    drawn = Counter(mix.any_of_them(CROWD, rng).what for _ in range(5000))
    assert drawn["read"] / 5000 == pytest.approx(0.25, abs=0.02)


def test_nobody_is_created_twice() -> None:
    created = [mix.create(CROWD, random.Random(1)).body["emails"][0] for _ in range(100)]
    assert len(set(created)) == 100


@pytest.mark.parametrize(("part", "expected"), [(50, 5), (95, 10), (99, 10), (10, 1), (1, 1), (100, 10)])
def test_percentiles_by_nearest_rank(part: float, expected: float) -> None:
    assert percentile(range(1, 11), part) == expected


def test_a_percentile_of_nothing_is_no_number() -> None:
    assert math.isnan(percentile([], 50))


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.1, 100))
def test_so_many_of_a_hundred_do_not_exceed_it(values: list[float], part: float) -> None:
    found = percentile(values, part)
    assert found in values
    assert sum(value <= found for value in values) >= part / 100 * len(values) * (1 - 1e-9)


def test_errors_are_told_by_their_status() -> None:
    samples = [Sample("read", 0.002, 200), Sample("read", 0.004, 503), Sample("create", 0.006, 201)]
    assert refused(samples) == {503: 1}
    assert summary(samples, 2) == "p50 4.0, p95 6.0, p99 6.0 ms; 2/s; 3 asked; errors 1 × 503"
    assert medians(samples) == {"read": 2.0, "create": 6.0}
