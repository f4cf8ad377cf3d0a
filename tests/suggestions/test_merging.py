"""Duplicates are merged: their votes are joined, nobody counts twice, the old id leads to the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.suggestions import merging
from tests.api import Api
from tests.cloud import Cloud
from tests.suggestions.boards import BOARD, PUBLIC, board, customer, posted, token, vote, votes


def _merge(api: Api, one: str, into: str) -> Any:
    return api.post(f"/v1/suggestions/{one}/merge", {"into": into})


def test_votes_are_joined_without_counting_anybody_twice(
    api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(merging, "TOGETHER", 3)
    monkeypatch.setattr(merging, "ROUNDS", 2)
    one, other = posted(api, "Looms in green"), posted(api, "Green looms")
    link = token(api, customer(api, "Ada"))
    for number in range(10):
        vote(one, f"192.0.2.{number}").ok()
    for number in range(7, 12):
        vote(other, f"192.0.2.{number}").ok()
    for suggestion in (one, other):
        vote(suggestion, token=link).ok()
    assert _merge(api, one, other).ok()["merged_ids"] == [one]
    cloud.pump(twice=True, seed=3)
    assert votes(api, other) == 13, "ten and two networks, and Ada"
    assert votes(api, one) == 0
    assert board() == ["Green looms"]
    [listed] = api.get("/v1/suggestions").ok()["data"]
    assert listed["votes"] == 13
    moved = PUBLIC.get(f"{BOARD}/{one}")
    assert (moved.status, moved.headers["Location"][-len(other) :]) == (301, other)
    assert api.get(f"/v1/suggestions/{one}").ok()["merged_into"] == other
    assert vote(one, "192.0.2.1").ok() == {"suggestion_id": other, "voted": True, "votes": 13}
    assert vote(one, "192.0.2.99").ok() == {"suggestion_id": other, "voted": True, "votes": 14}
    api.patch(f"/v1/suggestions/{one}", {"status": "done"}).problem(409, "merged")


def test_a_chain_of_merges_ends_in_one(api: Api, cloud: Cloud) -> None:
    first, second, third = (posted(api, f"Green looms {number}") for number in range(3))
    for place, suggestion in enumerate((first, second, third)):
        vote(suggestion, f"192.0.2.{place}").ok()
        vote(suggestion, "192.0.2.50").ok()
    _merge(api, first, second).ok()
    assert _merge(api, second, third).ok()["merged_ids"] == [second, first]
    cloud.pump(twice=True)
    assert votes(api, third) == 4
    assert vote(first).ok()["suggestion_id"] == third
    assert api.get(f"/v1/suggestions/{first}").ok()["merged_into"] == third


def test_votes_during_a_merge_are_not_lost(api: Api, cloud: Cloud) -> None:
    one, other = posted(api, "Looms in green"), posted(api, "Green looms")
    for number in range(6):
        vote(one, f"192.0.2.{number}").ok()
    _merge(api, one, other).ok()
    with ThreadPoolExecutor(6) as threads:
        moving = threads.submit(cloud.pump)
        list(threads.map(lambda number: vote(one, f"192.0.2.{number}"), range(3, 9)))
        moving.result()
    cloud.pump()
    known = votes(api, other)
    assert sum(vote(one, f"192.0.2.{number}").ok()["voted"] for number in range(9)) == 9
    assert known <= 9
    assert votes(api, other) == 9


def test_a_vote_that_is_taken_back_before_it_was_moved_is_gone(api: Api, cloud: Cloud) -> None:
    one, other = posted(api, "Looms in green"), posted(api, "Green looms")
    for suggestion, address in ((one, "192.0.2.1"), (one, "192.0.2.2"), (other, "192.0.2.2")):
        vote(suggestion, address).ok()
    _merge(api, one, other).ok()
    for address, left in (("192.0.2.1", 1), ("192.0.2.2", 0), ("192.0.2.2", 0)):
        answer = vote(other, address, voted=False).ok()
        assert answer == {"suggestion_id": other, "voted": False, "votes": left}
    cloud.pump(twice=True)
    assert (votes(api, one), votes(api, other)) == (0, 0)
    assert vote(one, "192.0.2.1").ok()["votes"] == 1


def test_what_cannot_be_merged(api: Api, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other, third = (posted(api, f"Green looms {number}") for number in range(3))
    _merge(api, one, one).problem(409, "same_suggestion")
    _merge(api, one, "sug_01JAAAAAAAAAAAAAAAAAAAAAAA").problem(404, "no_such_suggestion")
    waiting = PUBLIC.post(BOARD, {"title": "Green looms", "text": "Please"}).ok(202)["id"]
    _merge(api, waiting, one).problem(409, "not_public")
    _merge(api, one, other).ok()
    _merge(api, one, third).problem(409, "merged")
    _merge(api, third, one).problem(409, "merged")
    monkeypatch.setattr(merging, "MAX_MERGED", 1)
    _merge(api, third, other).problem(409, "too_many_merged")
    assert cloud
