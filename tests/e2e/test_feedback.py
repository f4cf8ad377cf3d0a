"""Feedback: accepted at once, counted a moment later, on the timeline of whoever gave it."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from tests.e2e.caller import Caller
from tests.e2e.post import address_of
from tests.e2e.waiting import eventually


@pytest.fixture
def survey() -> str:
    """A survey that nobody answered yet."""
    return f"lamps-{secrets.token_hex(6)}"


def statistics_of(api: Caller, survey: str, responses: int) -> Any:
    """The survey's statistics, once so many responses are counted."""

    def counted() -> Any:
        found = api.get(f"/v1/feedback/stats?survey={survey}").ok()
        assert found["responses"] == responses
        return found

    return eventually(counted)


def test_a_response_is_accepted_then_stored_counted_and_on_the_timeline(
    api: Caller, ada: Any, survey: str
) -> None:
    body = {"customer_id": ada["id"], "survey": survey, "kind": "nps", "score": 9, "comment": "Lovely lamps."}
    accepted = api.post("/v1/feedback", body).ok(202)
    assert accepted["status_url"] == f"{api.base_url}/v1/feedback/{accepted['id']}"

    def stored() -> Any:
        return api.get(f"/v1/feedback/{accepted['id']}").ok()

    found = eventually(stored)
    assert (found["status"], found["customer_id"], found["score"]) == ("received", ada["id"], 9)
    [entry] = api.data(f"/v1/customers/{ada['id']}/timeline?type=feedback")
    assert entry["type"] == "feedback.received"
    assert statistics_of(api, survey, 1)["nps"] == {
        "responses": 1, "promoters": 1, "passives": 0, "detractors": 0, "score": 100.0,
        "interval": {"low": -48.5, "high": 98.5},
    }  # fmt: skip


def test_an_unknown_address_makes_a_lead(api: Caller, survey: str) -> None:
    address = address_of("bruno")
    api.post("/v1/feedback", {"email": address, "survey": survey, "kind": "csat", "score": 5}).ok(202)
    statistics_of(api, survey, 1)
    [lead] = api.data(f"/v1/customers?email={address}")
    assert lead["stage"] == "lead"


def test_a_repeat_is_counted_once(api: Caller, survey: str) -> None:
    body = {"survey": survey, "kind": "nps", "score": 3}
    ids = {api.post("/v1/feedback", body, Idempotency_Key=survey).ok(202)["id"] for _ in range(3)}
    assert len(ids) == 1
    api.post("/v1/feedback", {"survey": survey, "kind": "nps", "score": 10}).ok(202)
    assert statistics_of(api, survey, 2)["nps"]["score"] == 0


def test_what_is_not_there_yet_asks_for_patience(api: Caller) -> None:
    answer = api.get("/v1/feedback/fbk_01ARZ3NDEKTSV4RRFFQ69G5FAV")
    answer.problem(404, "feedback_not_found_yet")
    assert int(answer.headers["retry-after"]) > 0
