"""Answers to surveys that are defined: checked at the door, and kept as rejected by the worker."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel import ids, kept
from chalicelib.surveys.answering import applying, misfits
from chalicelib.surveys.model import Definition
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.feedback.messages import message
from tests.surveys.making import DELIVERY, REASON, SPEED, published

GOOD: dict[str, Any] = {"survey": "delivery", "kind": "nps", "score": 9, "answers": {"speed": 4}}


def test_answers_are_taken_and_cost_one_send(api: Api, cloud: Cloud) -> None:
    published(api)
    given_ = api.post("/v1/feedback", GOOD).ok(202)
    with counted() as calls:
        low = api.post("/v1/feedback", GOOD | {"score": 3, "answers": {"reason": "late"}}).ok(202)
    assert calls == ["SendMessage"]
    cloud.pump()
    assert api.get(f"/v1/feedback/{given_['id']}").ok()["answers"] == {"speed": 4}
    stored = api.get(f"/v1/feedback/{low['id']}").ok()
    assert (stored["status"], stored["answers"], stored["invited"]) == ("received", {"reason": "late"}, False)
    assert api.get("/v1/feedback/stats?survey=delivery").ok()["nps"]["responses"] == 2


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"answers": {"colour": "red"}}, "answers.colour", "no_such_question"),
    ({"answers": {"speed": 6}}, "answers.speed", "out_of_range"),
    ({"answers": {"speed": "good"}}, "answers.speed", "out_of_range"),
    ({"answers": {"reason": "late"}}, "answers.reason", "not_asked"),
    ({"score": 2, "answers": {"reason": "ugly"}}, "answers.reason", "no_such_option"),
    ({"score": 2, "answers": {"reason": ["late"]}}, "answers.reason", "no_such_option"),
    ({"score": 2, "answers": {}}, "answers.reason", "missing"),
    ({"survey_version": 9}, "survey_version", "no_such_version"),
    ({"kind": "csat", "score": 5}, "kind", "wrong_kind"),
    ({"kind": "comment", "score": None, "comment": "Hm"}, "kind", "wrong_kind"),
    ({"survey": "nobodys"}, "answers", "no_such_survey"),
]


def test_what_is_not_asked_is_refused_and_in_the_worker_kept_as_rejected(api: Api, cloud: Cloud) -> None:
    published(api)
    for change, name, code in REFUSED:
        problem = api.post("/v1/feedback", GOOD | change).problem(422, "invalid")
        assert (name, code) in [(one["name"], one["code"]) for one in problem["invalid_params"]]
        assert cloud.deliver("FeedbackQueue", [message(**(GOOD | change))]) == set()
        stored = api.get("/v1/feedback").ok()["data"][0]
        known = code if code in ("wrong_kind", "no_such_survey") else "invalid_answers"
        assert (stored["status"], stored["reason"]) == ("rejected", known)
    assert api.get("/v1/feedback/stats").ok()["responses"] == 0


@pytest.mark.parametrize(
    ("close", "code"),
    [
        (lambda api: api.post("/v1/surveys/delivery/close"), "survey_closed"),
        (lambda api: api.patch("/v1/surveys/delivery", {"state": "paused"}), "survey_paused"),
        (
            lambda api: api.patch("/v1/surveys/delivery", {"ends_at": ids.stamp(ids.now())}),
            "survey_ended",
        ),
    ],
)
def test_a_survey_that_is_over_counts_nothing_that_came_after(
    api: Api, cloud: Cloud, close: Callable[[Api], Any], code: str
) -> None:
    published(api)
    close(api).ok()
    kept.forget()
    late = ids.now() + timedelta(seconds=1)
    api.post("/v1/feedback", GOOD).problem(409, code)
    assert cloud.deliver("FeedbackQueue", [message(late, email="ada@example.org", **GOOD)]) == set()
    (stored,) = api.get("/v1/feedback").ok()["data"]
    assert (stored["status"], stored["reason"]) == ("rejected", code)
    assert api.get("/v1/customers").ok()["data"] == [], "who is rejected becomes no lead"
    if code != "survey_paused":
        before = message(ids.now() - timedelta(minutes=1), **GOOD)
        assert cloud.deliver("FeedbackQueue", [before]) == set()
        assert api.get("/v1/feedback/stats").ok()["responses"] == 1, "what came before counts"


def test_a_draft_takes_nothing(api: Api) -> None:
    api.post("/v1/surveys", DELIVERY).ok(201)
    api.post("/v1/feedback", GOOD).problem(409, "survey_draft")


def test_an_anonymous_survey_keeps_nobody_of_whom_the_queue_brings(api: Api, cloud: Cloud) -> None:
    published(api, anonymous=True)
    given_ = message(email="ada@example.org", comment="It was me, Ada", **GOOD)
    assert cloud.deliver("FeedbackQueue", [given_]) == set()
    (stored,) = api.get("/v1/feedback").ok()["data"]
    assert (stored["reason"], stored["comment"], stored["answers"]) == ("anonymous_survey", None, {})
    assert "ada" not in str(cloud.items()).casefold()


MANY = Definition.model_validate(
    {
        "texts": {"en": {"title": "Many"}},
        "questions": [
            REASON,
            SPEED | {"when": {"question": "reason", "any_of": ["late"]}},
            {"id": "more", "type": "text", "text": {"en": "More?"}, "when": {"question": "speed"}},
        ],
    }
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "reason": st.sampled_from(["late", "broken", "none"]),
        "speed": st.integers(0, 6),
        "more": st.sampled_from(["", "words"]),
        "other": st.just(1),
    },
)


@given(score=st.integers(0, 10), answers=ANSWERS)
def test_answers_fit_exactly_when_each_is_asked_and_on_its_scale(score: int, answers: dict[str, Any]) -> None:
    asked = {"reason"} if score <= 6 else set()
    asked |= {"speed"} if asked and answers.get("reason") == "late" else set()
    asked |= {"more"} if "speed" in asked and "speed" in answers else set()
    assert set(applying(MANY, score, answers)) == asked
    fits = (
        set(answers) <= asked
        and answers.get("reason", "late") != "none"
        and 1 <= answers.get("speed", 1) <= 5
        and answers.get("more", "x").strip() != ""
        and (score > 6 or "reason" in answers)
    )
    assert (misfits(MANY, score, answers) == []) is fits
