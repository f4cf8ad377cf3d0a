"""The ledger of the faults: what is lost, doubled, stuck or in doubt; and the shares of the proxy's rules."""

from __future__ import annotations

import pytest

from bench.faults import options
from bench.faulty import proxy
from bench.faulty.ledger import Entry, counted, named


def test_everything_arrived_once() -> None:
    entry = named("things", ["a", "b"], ["b", "a"])
    assert entry == Entry("things", sent=2, arrived=2, lost=0, doubled=0)
    assert entry.line().ok


@pytest.mark.parametrize(
    ("arrived", "lost", "doubled"),
    [
        (["a"], 1, 0),
        (["a", "b", "b", "b"], 0, 2),
        (["a", "b", "c"], 0, 1),  # nobody sent c
        ([], 2, 0),
    ],
)
def test_what_did_not_arrive_once_is_lost_or_doubled(arrived: list[str], lost: int, doubled: int) -> None:
    entry = named("things", ["a", "b"], arrived)
    assert (entry.lost, entry.doubled) == (lost, doubled)
    assert entry.line().ok is False


def test_a_thing_that_was_sent_twice_is_one_thing() -> None:
    assert named("things", ["a", "a"], ["a"]).balanced


def test_what_is_known_to_wait_is_stuck_and_not_lost() -> None:
    entry = named("things", ["a", "b", "c"], ["a"], stuck=1)
    assert (entry.lost, entry.stuck, entry.balanced) == (1, 1, False)


def test_what_says_that_it_is_uncertain_may_come_twice() -> None:
    entry = named("mails", ["a", "b"], ["a", "a", "b"], uncertain=["a"])
    assert (entry.doubled, entry.in_doubt, entry.balanced) == (0, 1, True)
    assert "1 twice, marked as uncertain" in entry.line().figure
    assert named("mails", ["a", "b"], ["a", "b", "b"], uncertain=["a"]).doubled == 1


@pytest.mark.parametrize(("counter", "lost", "doubled"), [(10, 0, 0), (9, 1, 0), (11, 0, 1)])
def test_a_counter_below_loses_and_one_above_doubles(counter: int, lost: int, doubled: int) -> None:
    entry = counted("responses", 10, counter)
    assert (entry.lost, entry.doubled) == (lost, doubled)


def test_each_kind_of_fault_gets_its_share_of_all_calls() -> None:
    rules = [rule for rule in proxy.rules() if rule["service"] == "dynamodb"]
    left = 1.0
    for rule, (_, share) in zip(rules, proxy.SHARES, strict=True):
        assert left * rule["probability"] == pytest.approx(share)
        left -= left * rule["probability"]


def test_faults_are_told_by_service_and_kind() -> None:
    found = proxy.fired([{"id": 1, "fired": 7}, {"id": len(proxy.SHARES) + 2, "fired": 3}])
    assert (found["dynamodb"], found["s3"]) == ({"throttled": 7}, {"5xx": 3})


@pytest.mark.parametrize(("given", "share"), [([], 1.0), (["--small"], 0.1), (["--share=0.02"], 0.02)])
def test_all_is_sent_unless_a_share_is_asked_for(given: list[str], share: float) -> None:
    assert options(given).share == share
