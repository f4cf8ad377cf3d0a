"""A batch of responses: each has its own outcome, ten go with a call, and a repeat is the same."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.kernel import aws
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.faults import answering, refusal
from tests.memory import caller

ROW = {"kind": "nps", "score": 9, "comment": '=HYPERLINK("http://x") <script>alert(1)</script>'}


def test_half_a_batch_of_poison_holds_up_no_other(api: Api, cloud: Cloud) -> None:
    api.get("/v1/feedback/stats").ok()
    poison: list[Any] = ["text", 7, None, {}, {**ROW, "score": 11}, {**ROW, "comment": "x" * 100_000}]
    with counted() as calls:
        answer = api.post("/v1/feedback/batch", {"responses": [*poison, *[ROW] * 25]}, Idempotency_Key="k")
    results = answer.ok(202)["results"]
    assert calls == ["SendMessageBatch"] * 3
    assert [one["outcome"] for one in results] == ["rejected"] * 6 + ["accepted"] * 25
    assert [(one["code"], one["param"]) for one in results[:6]] == [
        *[("not_an_object", None)] * 3,
        ("missing", "kind"),
        ("score_out_of_range", "score"),
        ("string_too_long", "comment"),
    ]
    assert [one["index"] for one in results] == list(range(31))
    cloud.pump()
    stored = api.get(f"/v1/feedback/{results[6]['id']}").ok()
    assert stored["comment"] == ROW["comment"], "kept as it was said; whoever shows it escapes it"

    again = api.post("/v1/feedback/batch", {"responses": [*poison, *[ROW] * 25]}, Idempotency_Key="k")
    assert again.ok(202)["results"] == results
    cloud.pump()
    assert api.get("/v1/feedback/stats").ok()["responses"] == 25


def test_a_batch_is_bounded(api: Api) -> None:
    for rows in ([], [ROW] * 101):
        api.post("/v1/feedback/batch", {"responses": rows}).problem(422, "invalid")
    caller("feedback:read").post("/v1/feedback/batch", {"responses": [ROW]}).problem(403, "missing_scope")


def test_what_the_queue_refuses_is_said_of_its_row(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    send = aws.sqs().send_message_batch

    def refuse_one(**given: Any) -> Any:
        first, *rest = given["Entries"]
        answer: Any = send(QueueUrl=given["QueueUrl"], Entries=rest)
        return {**answer, "Failed": [{"Id": first["Id"], "SenderFault": False, "Code": "InternalError"}]}

    monkeypatch.setattr(aws.sqs(), "send_message_batch", refuse_one)
    results = api.post("/v1/feedback/batch", {"responses": [ROW] * 3}).ok(202)["results"]
    assert [one["outcome"] for one in results] == ["rejected", "accepted", "accepted"]
    assert results[0]["code"] == "unavailable"


def test_a_call_that_fails_concerns_its_rows_only(api: Api, cloud: Cloud) -> None:
    throttled = refusal("AWS.SimpleQueueService.RequestThrottled")
    with answering(aws.sqs(), "SendMessageBatch", None, throttled):
        results = api.post("/v1/feedback/batch", {"responses": [ROW] * 25}).ok(202)["results"]
    outcomes = [(one["outcome"], one["code"]) for one in results]
    assert (
        outcomes == [("accepted", None)] * 10 + [("rejected", "unavailable")] * 10 + [("accepted", None)] * 5
    )
    cloud.pump()
    assert api.get("/v1/feedback/stats").ok()["responses"] == 15
    with answering(aws.sqs(), "SendMessageBatch", throttled, throttled):
        api.post("/v1/feedback/batch", {"responses": [ROW] * 20}).problem(503, "unavailable")


def test_large_responses_go_in_smaller_calls(api: Api, cloud: Cloud) -> None:
    wide = {**ROW, "comment": "𝄞" * 4_500}
    with counted() as calls:
        api.post("/v1/feedback/batch", {"responses": [wide] * 10}).ok(202)
    assert calls.count("SendMessageBatch") == 3
    cloud.pump()
    assert api.get("/v1/feedback/stats").ok()["responses"] == 10
