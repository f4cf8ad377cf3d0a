"""What several statements come to: never more than the strictest of those who said something allows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.consent.model import STRICTEST, State, StoredConsent, permits, strictest

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def said(state: State, *, by: str = "a", days: int = 1, covers: tuple[str, ...] = ()) -> StoredConsent:
    return StoredConsent(
        customer_id=by,
        channel="email",
        topic="offers",
        version=1,
        state=state,
        basis="consent",
        source="test",
        occurred_at=NOW - timedelta(days),
        covers=list(covers),
    )


STATEMENTS = st.builds(
    said, st.sampled_from(STRICTEST), by=st.sampled_from("abcdef"), days=st.integers(0, 30)
)


def _rank(state: State | None) -> int:
    return len(STRICTEST) if state is None else STRICTEST.index(state)


@given(st.lists(STATEMENTS, max_size=4), st.lists(STATEMENTS, max_size=4))
def test_a_merge_never_raises(mine: list[StoredConsent], theirs: list[StoredConsent]) -> None:
    """The law: effective(A ∪ B) ≤ min(effective(A), effective(B)); who said nothing does not count."""
    together = strictest([*mine, *theirs], NOW)
    assert _rank(together) == min(_rank(strictest(mine, NOW)), _rank(strictest(theirs, NOW)))
    if permits("offers", together):
        assert all(state in (None, "granted") for state in (strictest(mine, NOW), strictest(theirs, NOW)))


@given(st.lists(STATEMENTS, max_size=5), st.randoms(use_true_random=False))
def test_the_order_does_not_matter(statements: list[StoredConsent], rng: object) -> None:
    assert strictest(statements, NOW) == strictest(statements[::-1], NOW)


@pytest.mark.parametrize(
    ("statements", "state"),
    [
        ([], None),
        ([said("granted")], "granted"),
        ([said("granted"), said("pending", by="b")], "pending"),
        ([said("denied", days=30), said("granted", by="b")], "denied"),
        ([said("withdrawn"), said("denied", by="b")], "denied"),
        # said for the whole group, later: it holds against what the other member said before
        ([said("denied", by="b", days=2), said("granted", covers=("b",))], "granted"),
        ([said("denied", by="b", days=1), said("granted", days=2, covers=("b",))], "denied"),
        ([said("denied", by="c", days=2), said("granted", covers=("b",))], "denied"),
        ([said("denied", by="b"), said("granted", covers=("b",))], "denied"),
    ],
)
def test_the_strictest_holds(statements: list[StoredConsent], state: State | None) -> None:
    assert strictest(statements, NOW) == state


def test_an_expired_grant_says_nothing() -> None:
    expired = said("granted").model_copy(update={"valid_until": NOW})
    assert strictest([expired], NOW) is None
    assert strictest([expired, said("granted", by="b")], NOW) == "granted"
    denial = said("denied").model_copy(update={"valid_until": NOW})
    assert strictest([denial], NOW) == "denied", "a no does not expire"


@pytest.mark.parametrize("state", [None, *STRICTEST])
def test_service_is_allowed_unless_denied(state: State | None) -> None:
    assert permits("service", state) is (state not in ("denied", "withdrawn"))
    assert permits("offers", state) is (state == "granted")
