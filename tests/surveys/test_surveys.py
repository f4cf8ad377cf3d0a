"""Surveys: defining them, what is refused, versions that stay, and the life of a survey."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel import ids
from tests.api import Api
from tests.cloud import Cloud
from tests.memory import caller
from tests.surveys.making import DELIVERY, REASON, SPEED, published


def test_from_draft_to_closed(api: Api) -> None:
    answer = api.post("/v1/surveys", DELIVERY)
    draft = answer.ok(201)
    assert (draft["state"], draft["number"], draft["version"]) == ("draft", 0, 1)
    assert answer.headers["Location"].endswith("/v1/surveys/delivery")
    api.post("/v1/surveys", DELIVERY).problem(409, "survey_exists")
    api.get("/v1/surveys/delivery/versions/1").problem(404, "no_such_version")
    api.patch("/v1/surveys/delivery", {"state": "paused"}).problem(409, "not_published")
    api.post("/v1/surveys/delivery/close").problem(409, "not_published")

    first = api.post("/v1/surveys/delivery/publish").ok()
    assert (first["state"], first["number"]) == ("active", 1)
    assert api.post("/v1/surveys/delivery/publish").ok() == first, "nothing new to publish"
    changed = api.patch("/v1/surveys/delivery", {"questions": [SPEED], "name": "Delivery"}).ok()
    assert (changed["number"], changed["name"]) == (1, "Delivery")
    assert len(api.get("/v1/surveys/delivery/versions/1").ok()["definition"]["questions"]) == 2
    api.patch("/v1/surveys/delivery", {"kind": "csat"}).problem(409, "published")
    api.patch("/v1/surveys/delivery", {"anonymous": True}).problem(409, "published")
    api.delete("/v1/surveys/delivery").problem(409, "published")

    assert api.patch("/v1/surveys/delivery", {"state": "paused"}).ok()["state"] == "paused"
    second = api.post("/v1/surveys/delivery/publish").ok()
    assert (second["state"], second["number"]) == ("paused", 2)
    assert len(api.get("/v1/surveys/delivery/versions/2").ok()["definition"]["questions"]) == 1
    closed = api.post("/v1/surveys/delivery/close").ok()
    assert closed["state"] == "closed"
    assert api.post("/v1/surveys/delivery/close").ok() == closed
    api.patch("/v1/surveys/delivery", {"name": "x"}).problem(409, "survey_closed")
    api.post("/v1/surveys/delivery/publish").problem(409, "survey_closed")
    assert [one["key"] for one in api.get("/v1/surveys").ok()["data"]] == ["delivery"]


def test_a_draft_is_changed_under_its_version_and_deleted(api: Api, cloud: Cloud) -> None:
    api.post("/v1/surveys", DELIVERY).ok(201)
    api.patch("/v1/surveys/delivery", {"name": "B"}, If_Match='"7"').problem(412, "stale")
    api.patch("/v1/surveys/delivery", {"name": "B"}, If_Match='"1"').ok()
    api.delete("/v1/surveys/delivery").ok(204)
    api.get("/v1/surveys/delivery").problem(404, "no_such_survey")
    api.post("/v1/surveys", DELIVERY).ok(201)
    events = [one["data"]["changed"] for one in cloud.items() if one.get("type") == "survey.changed"]
    assert events == [["created"], ["name"], ["deleted"], ["created"]]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"key": "Two Words"}, "string_pattern_mismatch"),
    ({"key": "mail"}, "reserved"),
    ({"texts": {}}, "too_short"),
    ({"texts": {"de": {"title": "Nur das"}}}, "no_default"),
    ({"questions": [{**SPEED, "text": {"de": "Wie schnell?"}}]}, "no_default"),
    ({"questions": [SPEED, SPEED]}, "repeated"),
    ({"questions": [{**SPEED, "id": "score"}]}, "reserved"),
    ({"questions": [{**SPEED, "id": "comment"}]}, "reserved"),
    ({"questions": [{**SPEED, "options": REASON["options"]}]}, "wrong_options"),
    ({"questions": [{**REASON, "options": []}]}, "wrong_options"),
    ({"questions": [{**REASON, "high": 5}]}, "wrong_scale"),
    ({"questions": [{**SPEED, "when": {"question": "reason"}}]}, "no_such_question"),
    ({"questions": [{**SPEED, "id": f"q{n}"} for n in range(21)]}, "too_long"),
    ({"texts": {"en": {"title": "x" * 200}}}, "string_too_long"),
    ({"texts": {"en": {"title": "x", "thanks": "\x00"}}}, "value_error"),
    ({"ends_at": "2020-01-01T00:00:00Z", "starts_at": "2021-01-01T00:00:00Z"}, "out_of_range"),
    ({"inviting": {"sample": 0}}, "greater_than_equal"),
    ({"inviting": {"reminders": [5, 3]}}, "value_error"),
    ({"inviting": {"triggers": [{"on": "order.placed"}]}}, "literal_error"),
    ({"inviting": {"triggers": [{"on": "ticket.solved"}, {"on": "ticket.solved"}]}}, "value_error"),
    ({"inviting": {"topic": "nobody"}}, "unknown_topic"),
    ({"kind": "comment"}, "literal_error"),
]


def test_what_is_no_survey_is_refused(api: Api) -> None:
    for change, code in REFUSED:
        problem = api.post("/v1/surveys", DELIVERY | change).problem(422, "invalid")
        assert code in [one["code"] for one in problem["invalid_params"]], (change, problem)
    assert api.get("/v1/surveys").ok()["data"] == []


def test_what_the_ends_of_the_scale_mean_may_be_null(api: Api) -> None:
    body = DELIVERY | {"key": "plain", "texts": {"en": {"title": "Well?", "low": None, "high": None}}}
    made = api.post("/v1/surveys", body).ok(201)
    assert made["draft"]["texts"]["en"]["low"] is None


def test_a_definition_is_bounded_in_bytes_and_a_patch_must_fit_together(api: Api) -> None:
    wide = {f"q{place}": "𝄞" * 300 for place in range(20)}
    questions = [{"id": name, "type": "text", "text": {"en": said}} for name, said in wide.items()]
    problem = api.post("/v1/surveys", DELIVERY | {"questions": questions}).problem(422, "invalid")
    assert problem["invalid_params"][0]["code"] == "too_long"
    api.post("/v1/surveys", DELIVERY).ok(201)
    problem = api.patch("/v1/surveys/delivery", {"default_language": "fr"}).problem(422, "invalid")
    assert problem["invalid_params"][0]["code"] == "no_default"


def test_scopes_are_checked(cloud: Cloud) -> None:
    Api(None).get("/v1/surveys").problem(401, "unauthorized")
    reader, writer = caller("surveys:read"), caller("surveys:write")
    reader.post("/v1/surveys", DELIVERY).problem(403, "missing_scope")
    writer.post("/v1/surveys", DELIVERY).ok(201)
    writer.get("/v1/surveys/delivery").problem(403, "missing_scope")
    reader.get("/v1/surveys/delivery").ok()
    for path in ("publish", "close"):
        reader.post(f"/v1/surveys/delivery/{path}").problem(403, "missing_scope")


def test_two_who_define_one_key_at_once_make_one(api: Api, cloud: Cloud) -> None:
    published(api)
    (count,) = [one["surveys"] for one in cloud.items() if one["sk"] == "COUNT"]
    api.post("/v1/surveys", DELIVERY).problem(409, "survey_exists")
    assert [one["surveys"] for one in cloud.items() if one["sk"] == "COUNT"] == [count] == [1]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"starts_at": ids.stamp(ids.now() + timedelta(days=1))}, "survey_not_started"),
        ({"ends_at": ids.stamp(ids.now() - timedelta(days=1))}, "survey_ended"),
        ({"anonymous": True}, "anonymous_survey"),
    ],
)
def test_a_survey_that_takes_no_response_refuses_it_at_the_door(
    api: Api, change: dict[str, Any], code: str
) -> None:
    published(api, **change)
    api.post("/v1/feedback", {"survey": "delivery", "kind": "nps", "score": 9}).problem(409, code)
