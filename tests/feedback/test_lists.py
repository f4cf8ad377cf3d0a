"""Lists of responses: newest first, by survey, kind and customer, and by several of these."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from chalicelib.kernel import ids
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.feedback.messages import message

SCORES = {"nps": 7, "csat": 3, "ces": 2, "comment": None, "suggestion": None}


@pytest.fixture
def everything(api: Api, cloud: Cloud) -> list[dict[str, object]]:
    """Twenty responses of all kinds, two surveys and two customers, newest first."""
    people = [api.post("/v1/customers", {"name": name}).ok(201)["id"] for name in ("Ada", "Bo")]
    combinations = itertools.product(SCORES, ("delivery", "visit"), people)
    start = ids.now() - timedelta(hours=1)
    batch = [
        message(
            start + timedelta(minutes=place),
            kind=kind,
            score=SCORES[kind],
            survey=survey,
            customer_id=person,
            comment="So it is.",
        )
        for place, (kind, survey, person) in enumerate(combinations)
    ]
    for part in (batch[10:], batch[:10]):
        assert cloud.deliver("FeedbackQueue", part) == set()
    page = api.get("/v1/feedback?limit=100").ok()
    assert page["next_cursor"] is None
    assert len(page["data"]) == 20
    data: list[dict[str, object]] = page["data"]
    return data


def _pages(api: Api, query: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    cursor = ""
    while True:
        page = api.get(f"/v1/feedback?limit=3&{query}{cursor}").ok()
        found += page["data"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


def test_lists_are_newest_first_by_any_filters(api: Api, everything: list[dict[str, object]]) -> None:
    times = [str(one["submitted_at"]) for one in everything]
    assert times == sorted(times, reverse=True)
    names = ("survey", "kind", "customer_id")
    for count in range(4):
        for chosen in itertools.combinations(names, count):
            wanted = {name: everything[4][name] for name in chosen}
            query = "&".join(f"{name}={value}" for name, value in wanted.items())
            expected = [one for one in everything if wanted.items() <= one.items()]
            assert _pages(api, query) == expected, query


@pytest.mark.parametrize(("query", "calls_expected"), [("", 5), ("kind=nps", 1), ("survey=a&kind=ces", 1)])
def test_a_page_is_a_query_a_partition(api: Api, query: str, calls_expected: int) -> None:
    with counted() as calls:
        assert api.get(f"/v1/feedback?{query}").ok()["data"] == []
    assert calls == ["Query"] * calls_expected


def test_bad_filters_are_refused(api: Api, everything: list[dict[str, object]]) -> None:
    for query in ("kind=stars", "survey=A", "customer_id=ada", "mood=good", "limit=0"):
        api.get(f"/v1/feedback?{query}").problem(422, "invalid")
    cursor = api.get("/v1/feedback?kind=nps&limit=1").ok()["next_cursor"]
    api.get(f"/v1/feedback?kind=ces&limit=1&cursor={cursor}").problem(400, "invalid_cursor")
