"""Laws of the figures: what is added up says what plain arithmetic says; intervals and rounding."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.feedback.statistics import additions, measures, nps_interval, ratio
from tests.feedback.arithmetic import SCALES, plain


@given(st.lists(st.sampled_from([(k, s) for k, (low, high) in SCALES.items() for s in range(low, high + 1)])))
def test_sums_of_additions_say_what_plain_arithmetic_says(responses: list[tuple[str, int]]) -> None:
    total: dict[str, int] = {}
    for kind, score in responses:
        for name, amount in additions(kind, score).items():  # type: ignore[arg-type]  # a Literal, drawn from its values
            total[name] = total.get(name, 0) + amount
    found = measures(total)
    found.pop("sentiment")  # of which it says nothing
    told = {
        name: value if isinstance(value, int | dict) else value.model_dump() for name, value in found.items()
    }
    assert told == plain(responses)


def test_the_interval_of_a_net_promoter_score() -> None:
    assert nps_interval(50, 30, 20) == (14.1, 44.2), "29.1 ± 15.1 of 103"
    assert str(nps_interval(0, 4_798, 0)) == "(0.0, 0.0)"


@given(st.tuples(*[st.integers(0, 10_000)] * 3))
def test_more_answers_make_the_interval_narrower(counts: tuple[int, int, int]) -> None:
    low, high = nps_interval(*counts)
    assert -100 <= low <= high <= 100
    assert "-0.0" not in str((low, high))
    if sum(counts):
        lower, higher = nps_interval(*(4 * one for one in counts))
        assert higher - lower <= high - low


def test_halves_are_rounded_away_from_zero() -> None:
    assert ratio(1, 8, 2) == 0.13
    assert ratio(-1, 8, 2) == -0.13
    assert ratio(-100, 3, 1) == -33.3
    assert str(ratio(0, 5, 1)) == "0.0"
    assert str(ratio(-1, 9_999, 1)) == "0.0", "there is no less than nothing"
