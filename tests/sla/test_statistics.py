"""Histograms: percentiles within what is promised of them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.sla.statistics import MINUTE_MS, additions, bucket, figures, percentile
from tests.sla.clocks import Ticket

MILLISECONDS = st.integers(0, 3 * 366 * 1440 * MINUTE_MS)


@given(st.lists(MILLISECONDS, min_size=1, max_size=50), st.sampled_from([50, 90, 100, 1]))
def test_a_percentile_is_within_5_percent_or_half_a_minute(durations: list[int], percent: int) -> None:
    exact = sorted(durations)[-(-len(durations) * percent // 100) - 1] / MINUTE_MS
    found = percentile(Counter(bucket(one) for one in durations), percent)
    assert found is not None
    assert abs(found - exact) <= max(0.05 * exact + 0.05, 0.5), "0.05 for the one decimal"


@given(MILLISECONDS, MILLISECONDS)
def test_buckets_keep_the_order(one: int, other: int) -> None:
    assert (bucket(one) <= bucket(other)) or one > other


def test_nothing_has_no_percentile() -> None:
    assert percentile({}, 50) is None


def test_what_a_ticket_adds_in_its_life() -> None:
    ticket, total = Ticket(), Counter[str]()

    def then(at: str, status: str | None = None, **happened: bool) -> None:
        before, was = ticket.sla, ticket.status
        after = ticket.at(at, status, **happened)
        total.update(additions(before, after, was, ticket.status))

    then("2026-11-25 09:00")
    assert not total
    then("2026-11-25 09:30", "pending", answered=True)
    assert total == {"f-met": 1, f"f-b{bucket(30 * MINUTE_MS)}": 1, f"f-c{bucket(30 * MINUTE_MS)}": 1}
    then("2026-11-25 16:00", "open", asked=True)
    then("2026-11-26 10:30")
    then("2026-11-26 11:00", "solved", answered=True)
    then("2026-11-26 12:00", "open", asked=True)
    then("2026-11-26 12:10", "solved", answered=True)
    told = figures(total)
    assert (told["solved"], told["first_contact"], told["reopened"]) == (2, 0, 1)
    following = told["next_response"]
    assert not isinstance(following, int)
    assert (following.count, following.met, following.breached, following.done) == (2, 1, 1, 2)
    assert following.calendar_minutes.p90 is not None
    assert following.business_minutes.p90 is not None
    assert abs(following.calendar_minutes.p90 - timedelta(hours=19) / timedelta(minutes=1)) < 60
    assert abs(following.business_minutes.p90 - 180) < 10
    resolution = told["resolution"]
    assert not isinstance(resolution, int)
    assert resolution.done == 2, "each time that it was solved"
