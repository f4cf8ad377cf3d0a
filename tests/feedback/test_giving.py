"""Giving feedback over HTTP: what is taken, what is refused, and when it can be read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.memory import caller

NPS = {"kind": "nps", "score": 9, "survey": "delivery", "comment": "Quick.\nAnd kind."}
NOBODY = "cus_01J00000000000000000000000"


def test_feedback_is_accepted_then_found(api: Api, cloud: Cloud) -> None:
    answer = api.post("/v1/feedback", {**NPS, "language": "en-GB", "custom": {"order": 7}})
    accepted = answer.ok(202)
    assert accepted["id"].startswith("fbk_")
    assert accepted["status_url"] == f"https://api.shop.example/v1/feedback/{accepted['id']}"
    assert answer.headers["Location"] == accepted["status_url"]

    pending = api.get(f"/v1/feedback/{accepted['id']}")
    pending.problem(404, "feedback_not_found_yet")
    assert pending.headers["Retry-After"] == "2"

    cloud.pump()
    answer = api.get(f"/v1/feedback/{accepted['id']}")
    stored = answer.ok()
    assert answer.headers["ETag"] == '"1"'
    assert stored.pop("submitted_at") <= stored.pop("received_at")
    assert stored == {
        "id": accepted["id"],
        "version": 1,
        "status": "received",
        "reason": None,
        "customer_id": None,
        **NPS,
        "channel": "web",
        "language": "en-GB",
        "stage": None,
        "tags": [],
        "sentiment": {"label": "positive", "score": 0.6773, "confidence": 0.95, "engine": "rating"},
        "themes": [],
        "urgency": {"level": "none", "reasons": []},
        "custom": {"order": 7},
        "answers": {},
        "survey_version": None,
        "anonymous": False,
        "invited": False,
        "invitation_id": None,
        "ticket_id": None,
        "reduced": False,
    }


def test_giving_is_one_send_and_nothing_else(api: Api, cloud: Cloud) -> None:
    api.get("/v1/feedback/stats").ok()  # the authorizer notes a key's first use
    before = cloud.items()
    with counted() as calls:
        api.post("/v1/feedback", NPS, Idempotency_Key="k").ok(202)
    assert calls == ["SendMessage"]
    assert cloud.items() == before


@pytest.mark.parametrize(
    ("change", "name", "code"),
    [
        ({"score": 11}, "score", "score_out_of_range"),
        ({"score": -1}, "score", "score_out_of_range"),
        ({"score": None}, "score", "score_out_of_range"),
        ({"score": "9"}, "score", "int_type"),
        ({"score": True}, "score", "int_type"),
        ({"score": 8.5}, "score", "int_type"),
        ({"kind": "csat", "score": 0}, "score", "score_out_of_range"),
        ({"kind": "csat", "score": 6}, "score", "score_out_of_range"),
        ({"kind": "ces", "score": 8}, "score", "score_out_of_range"),
        ({"kind": "comment"}, "score", "no_score"),
        ({"kind": "suggestion", "score": None, "comment": " \n"}, "comment", "nothing_said"),
        ({"kind": "comment", "score": None, "comment": None}, "comment", "nothing_said"),
        ({"kind": "stars"}, "kind", "literal_error"),
        ({"comment": "x" * 100_000}, "comment", "string_too_long"),
        ({"comment": "a\x00b"}, "comment", "value_error"),
        ({"survey": "After Delivery"}, "survey", "string_pattern_mismatch"),
        ({"survey": "*"}, "survey", "string_pattern_mismatch"),
        ({"survey": "delivery\n"}, "survey", "string_pattern_mismatch"),
        ({"channel": "pigeon"}, "channel", "literal_error"),
        ({"language": "english!"}, "language", "string_pattern_mismatch"),
        ({"email": "nobody"}, "email", "value_error"),
        ({"email": "ada@example.org", "customer_id": NOBODY}, "email", "one_identity"),
        ({"customer_id": "tkt_01J00000000000000000000000"}, "customer_id", "string_pattern_mismatch"),
        ({"custom": {f"n{n}": 1 for n in range(51)}}, "custom", "too_long"),
        ({"sentiment": "good"}, "sentiment", "extra_forbidden"),
    ],
)
def test_what_is_no_response_is_refused(api: Api, change: dict[str, Any], name: str, code: str) -> None:
    problem = api.post("/v1/feedback", {**NPS, **change}).problem(422, "invalid")
    assert (name, code) in [(param["name"], param["code"]) for param in problem["invalid_params"]]


def test_a_response_is_bounded_in_bytes_whatever_its_script(api: Api, cloud: Cloud) -> None:
    wide = {**NPS, "comment": "𝄞" * 4_500}
    answer = api.post("/v1/feedback", wide).ok(202)
    cloud.pump()
    assert api.get(f"/v1/feedback/{answer['id']}").ok()["comment"] == wide["comment"]
    problem = api.post("/v1/feedback", {**wide, "custom": {"x": "𝄞" * 500, "y": "𝄞" * 500, "z": "𝄞" * 500}})
    assert problem.problem(422, "invalid")["invalid_params"][0]["code"] == "too_long"


def test_characters_that_a_queue_refuses_arrive(api: Api, cloud: Cloud) -> None:
    accepted = api.post("/v1/feedback", {**NPS, "comment": "end\uffff\ufffe of\x7f\x85plane"}).ok(202)
    (sent,) = cloud.receive("FeedbackQueue")
    assert sent["Body"].isascii(), "SQS refuses U+FFFE and U+FFFF; moto does not"
    assert cloud.deliver("FeedbackQueue", [sent]) == set()
    stored = api.get(f"/v1/feedback/{accepted['id']}").ok()
    assert stored["comment"] == "end\uffff\ufffe of\x7f\x85plane"


@pytest.mark.parametrize(("kind", "low", "high"), [("nps", 0, 10), ("csat", 1, 5), ("ces", 1, 7)])
def test_both_ends_of_a_scale_are_on_it(api: Api, kind: str, low: int, high: int) -> None:
    for score in (low, high):
        api.post("/v1/feedback", {"kind": kind, "score": score}).ok(202)


def test_scopes_are_checked(cloud: Cloud) -> None:
    Api(None).post("/v1/feedback", NPS).problem(401, "unauthorized")
    Api(None).get("/v1/feedback/stats").problem(401, "unauthorized")
    caller("feedback:read").post("/v1/feedback", NPS).problem(403, "missing_scope")
    writer = caller("feedback:write")
    accepted = writer.post("/v1/feedback", NPS).ok(202)
    for path in ("", "/stats", f"/{accepted['id']}"):
        writer.get(f"/v1/feedback{path}").problem(403, "missing_scope")


def test_an_id_of_another_kind_names_nothing(api: Api) -> None:
    api.get(f"/v1/feedback/{NOBODY}").problem(404, "not_found")


def test_a_full_queue_is_503_and_asks_to_wait(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.exceptions import ClientError

    from chalicelib.kernel import aws

    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "RequestThrottled", "Message": ""}}, "SendMessage")

    monkeypatch.setattr(aws.sqs(), "send_message", refuse)
    answer = api.post("/v1/feedback", NPS)
    answer.problem(503, "unavailable")
    assert answer.headers["Retry-After"]


def test_a_key_gives_one_response(api: Api, cloud: Cloud) -> None:
    first = api.post("/v1/feedback", NPS, Idempotency_Key="k1").ok(202)
    cloud.pump()
    assert api.post("/v1/feedback", NPS, Idempotency_Key="k1").ok(202) == first
    assert api.post("/v1/feedback", NPS, Idempotency_Key="k2").ok(202) != first
    assert caller("*").post("/v1/feedback", NPS, Idempotency_Key="k1").ok(202) != first
    cloud.pump()
    assert api.get("/v1/feedback/stats").ok()["responses"] == 3


def test_another_response_under_a_key_is_refused_by_the_worker(api: Api, cloud: Cloud) -> None:
    first = api.post("/v1/feedback", NPS, Idempotency_Key="k1").ok(202)
    cloud.pump()
    stored = api.get(f"/v1/feedback/{first['id']}").ok()
    assert api.post("/v1/feedback", {**NPS, "score": 0}, Idempotency_Key="k1").ok(202)["id"] == first["id"]
    (message,) = cloud.receive("FeedbackQueue")
    assert cloud.deliver("FeedbackQueue", [message]) == {message["MessageId"]}
    assert api.get(f"/v1/feedback/{first['id']}").ok() == stored
    assert api.get("/v1/feedback/stats").ok()["nps"]["promoters"] == 1
