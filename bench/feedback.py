"""Feedback: the worker against its bare transaction, and how many responses a second come through.

`python -m bench.feedback [CLOUD.JSON]`: the worker in this process with the table on DynamoDB Local, in full
batches of ten whose comments are read, against a client that only sends the transaction of the same items.
Then the whole way on the local cloud, from `POST /v1/feedback/batch` until the statistics count the last one:
on the cloud that a `cloud.json` names, or on one that is started for it where `.venv-cloud` is there.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any

from bench.on_cloud import on_cloud
from bench.post import Post, opened
from bench.report import Line, alone, progress, ratio
from chalicelib.kernel import aws, ids
from tests.cloud import invoke, sqs_event
from tests.e2e.clouds import Cloud
from tests.feedback.messages import message

TITLE = "Feedback"
WORKER = "chalicelib.feedback.worker:feedback_worker"
BUDGET = 1.3
BATCH, WARM_UP, BATCHES = 10, 5, 60
ON_CLOUD, AT_ONCE = 1000, 100
COMMENTS = (
    "Very quick delivery, and the lamp looks even better than in the picture. Thank you!",
    "It arrived two days late and nobody answered my mails.",
    "Works as described.",
    "The support was friendly, but the shade was torn again.",
    None,
)


def measure(cloud_file: str | None = None) -> Iterator[Line]:
    with opened() as post:
        yield from _in_process(post)
    yield on_cloud("responses a second on the local cloud, HTTP to statistics", cloud_file, _rate)


def _in_process(post: Post) -> Iterator[Line]:
    progress(f"{BATCHES} batches of {BATCH}, in this process")
    sent: list[Any] = []
    hook = "provide-client-params.dynamodb.TransactWriteItems"
    aws.dynamodb().meta.events.register(hook, lambda params, **_: sent.append(params["TransactItems"]))
    ours, bare = [], []
    for number in range(WARM_UP + BATCHES):
        given = [_message(number * BATCH + place) for place in range(BATCH)]
        event = sqs_event(post.cloud.arn("FeedbackQueue"), given)
        sent.clear()
        began = time.perf_counter()
        assert not invoke(WORKER, event)["batchItemFailures"], "the worker did not take a batch"
        ours.append(time.perf_counter() - began)
        assert len(sent) == 1, "a batch is one transaction"
        again = _renamed(sent[0], given)
        began = time.perf_counter()
        aws.dynamodb().transact_write_items(TransactItems=again)
        bare.append(time.perf_counter() - began)
    most, least = statistics.median(ours[WARM_UP:]), statistics.median(bare[WARM_UP:])
    detail = f"{most * 1000:.1f} ms, bare {least * 1000:.1f} ms, {len(again)} items ({post.engine})"
    yield ratio("a batch of 10 responses, against its transaction", BUDGET, most / least, detail)
    yield Line("responses a second, one worker", "", f"{BATCH / most:.0f} ({post.engine})", None)


def _message(number: int) -> dict[str, Any]:
    return message(survey="bench", score=number % 11, comment=COMMENTS[number % len(COMMENTS)])


def _renamed(items: Any, given: list[dict[str, Any]]) -> Any:
    """The same transaction of other responses."""
    text = json.dumps(items)
    for one in given:
        identifier = json.loads(one["Body"])["id"]
        text = text.replace(identifier, ids.new_id("fbk", ids.now()))
    return json.loads(text)


def _rate(cloud: Cloud) -> str:
    """Responses a second, from the first request until all are counted."""
    from tests.e2e.caller import Caller

    api = Caller(cloud.addresses["api_url"], cloud.addresses["api_key"])
    survey = f"bench-{time.time_ns()}"
    progress(f"{ON_CLOUD} responses through the local cloud")
    began = time.perf_counter()
    for first in range(0, ON_CLOUD, AT_ONCE):
        given = [
            {"survey": survey, "kind": "nps", "score": number % 11}
            for number in range(first, first + AT_ONCE)
        ]
        rows = api.post("/v1/feedback/batch", {"responses": given}).ok(202)["results"]
        assert all(row["outcome"] == "accepted" for row in rows)
    while (counted := api.get(f"/v1/feedback/stats?survey={survey}").ok()["responses"]) < ON_CLOUD:
        assert time.perf_counter() - began < 600, f"{counted} of {ON_CLOUD} were counted after ten minutes"
        time.sleep(0.25)
    return f"{ON_CLOUD / (time.perf_counter() - began):.1f}"


if __name__ == "__main__":
    sys.exit(alone(TITLE, lambda: measure(*sys.argv[1:2])))
