"""Votes: one a reader and day, exact under repeats and at once, moved when a mind changes, and nameless."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.knowledge import votes
from tests.api import Answer, Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.knowledge.articles import PUBLIC, published

AGENT = "Browser/1.0 (Unmistakable)"


@pytest.fixture
def made(api: Api, cloud: Cloud) -> Any:
    return published(api, cloud, "Returns")


def cast(made: Any, helpful: bool, agent: str = AGENT) -> Answer:
    return PUBLIC.post(f"/v1/public/articles/{made['slug']}/votes", {"helpful": helpful}, User_Agent=agent)


def counts(api: Api, made: Any) -> tuple[int, int]:
    found = api.get(f"/v1/articles/{made['id']}/votes").ok()
    [listed] = api.get("/v1/articles").ok()["data"]
    assert listed["votes"] == found
    return found["helpful"], found["unhelpful"]


def test_a_reader_has_one_vote_and_may_change_it(api: Api, made: Any) -> None:
    assert counts(api, made) == (0, 0)
    cast(made, True).ok(204)
    cast(made, True).ok(204)
    assert counts(api, made) == (1, 0)
    cast(made, False).ok(204)
    cast(made, False).ok(204)
    assert counts(api, made) == (0, 1)
    cast(made, True, "Another/2.0").ok(204)
    assert counts(api, made) == (1, 1)


def test_votes_at_once_are_counted_exactly(api: Api, made: Any) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda number: cast(made, True, f"Browser/{number % 4}"), range(16)))
    assert all(answer.status in (204, 503) for answer in answers)
    assert counts(api, made) == (4, 0)


def test_a_network_has_a_hundred_votes_a_day(api: Api, made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(votes, "MOST", 3)
    for number in range(3):
        cast(made, True, f"Browser/{number}").ok(204)
    refused = cast(made, True, "Browser/4")
    refused.problem(409, "too_many_votes")
    assert int(refused.headers["Retry-After"]) > 0
    cast(made, False, "Browser/1").ok(204)
    assert counts(api, made) == (2, 1)


def test_nothing_says_who_voted(made: Any, cloud: Cloud) -> None:
    cast(made, True).ok(204)
    stored = [item for item in cloud.items() if item["pk"].startswith(("VOTE#", "VOTER#"))]
    assert len(stored) == 2
    assert all(item["expires_at"] for item in stored)
    text = json.dumps(stored)
    assert "192.0.2" not in text
    assert "Unmistakable" not in text


def test_bad_votes(made: Any) -> None:
    PUBLIC.post("/v1/public/articles/nothing/votes", {"helpful": True}).problem(404, "no_such_article")
    PUBLIC.post(f"/v1/public/articles/{made['slug']}/votes", {"helpful": "yes"}).problem(422, "invalid")


def test_calls(made: Any) -> None:
    cast(made, True, "the process reads its secret once")
    with counted() as calls:
        cast(made, True)
    assert calls == ["BatchGetItem", "TransactWriteItems"]
    with counted() as calls:
        cast(made, True)
    assert calls == ["BatchGetItem"]
