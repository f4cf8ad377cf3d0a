"""Feedback's own budgets: the worker's CPU against the bare transaction, statistics of a year, messages a second.

The transaction is the one that the worker sent, sent again by boto3 alone, in turns with the worker, in this
process and down to the socket; what answers is a stub in another process. Responses without words are the
budget; those with a sentence each only inform, since reading is work that no transaction does. The year is
of every day, in every shard, with each channel. Messages a second are of ten to a batch, in one process.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import product
from typing import Any, get_args

import pytest

from bench.cpu import environment
from bench.post import opened
from bench.report import Line, alone, progress, ratio
from bench.scene import quiet, set_up
from bench.stub import serving
from tests.feedback.messages import message

TITLE = "Feedback: CPU of a batch, statistics of a year, messages a second"
BUDGET = 1.3
BATCH = 10
TURNS = 150
MESSAGES = 600
SENTENCE = "The delivery was late, but the driver was friendly and the parcel in good shape."


def measure() -> Iterator[Line]:
    yield from _cpu()
    yield _year()
    yield _rate()


def _cpu() -> Iterator[Line]:
    with serving(b"{}") as url, environment(url):
        for what, budget, response in (
            ("CPU of a batch of 10 scores, of its bare transaction", BUDGET, {}),
            ("CPU of a batch of 10 with a sentence each", None, {"comment": SENTENCE}),
        ):
            progress(what)
            bare, whole = _calls(response)
            figures = _in_turns(bare, whole)
            detail = f"{figures[1] * 1e3:.2f} / {figures[0] * 1e3:.2f} ms"
            times = figures[1] / figures[0]
            yield ratio(what, budget, times, detail) if budget else Line(
                what, "informs", f"{times:.2f} × ({detail})", None
            )


def _calls(response: dict[str, Any]) -> tuple[Callable[[], Any], Callable[[], Any]]:
    """The worker with a batch, and the transaction that it sends, by itself."""
    from chalicelib.kernel import aws
    from tests.cloud import invoke, sqs_event

    event = sqs_event("arn:aws:sqs:us-east-1:1:bench", [message(**response) for _ in range(BATCH)])
    sent: list[Any] = []

    def note(params: Any, **_: Any) -> None:
        sent.append(params)

    def whole() -> None:
        assert invoke("chalicelib.feedback.worker:feedback_worker", event) == {"batchItemFailures": []}

    client = aws.dynamodb()
    hook: Any = note
    client.meta.events.register("provide-client-params.dynamodb.TransactWriteItems", hook)
    whole()
    client.meta.events.unregister("provide-client-params.dynamodb.TransactWriteItems", hook)
    (params,) = sent
    return lambda: client.transact_write_items(**params), whole


def _in_turns(*calls: Callable[[], Any]) -> list[float]:
    """CPU seconds of each: the lower quartile, since the rest is what else the machine did."""
    found: list[list[float]] = [[] for _ in calls]
    for _ in range(TURNS):
        for call, seconds in zip(calls, found, strict=True):
            began = time.process_time()
            call()
            seconds.append(time.process_time() - began)
    return [statistics.quantiles(seconds[TURNS // 10 :], n=4)[0] for seconds in found]


def _year() -> Line:
    """How many calls statistics by channel take, of a year whose every day counted every channel."""
    from chalicelib.feedback import counts
    from chalicelib.kernel import aws, counters
    from chalicelib.kernel.table import encode_item
    from chalicelib.timeline.model import Channel
    from tests.calls import counted
    from tests.memory import in_memory, plain_environment

    progress("statistics of a year")
    with pytest.MonkeyPatch.context() as patch:
        plain_environment(patch)
        quiet(patch)
        with in_memory(patch) as cloud:
            scene = set_up(cloud)
            days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
            numbers = {f"{channel}|{code}": 9 for channel in get_args(Channel) for code in "psdct+=-"}
            items = [
                {"pk": counts.partition(None, "channel"), "sk": f"DAY#{day}#{shard}", **numbers}
                for day, shard in product(days, range(counters.SHARDS))
            ]
            for begin in range(0, len(items), 25):
                puts: Any = [{"PutRequest": {"Item": encode_item(one)}} for one in items[begin : begin + 25]]
                aws.dynamodb().batch_write_item(RequestItems={cloud["Table"]: puts})
            with counted() as calls:
                scene.api.get("/v1/feedback/stats/channel?from=2026-01-01&to=2026-12-31").ok()
    return Line("statistics by channel of a year of days", "≤ 1 call", ", ".join(calls), calls == ["Query"])


def _rate() -> Line:
    progress("messages a second")
    with opened() as post:
        batches = [[message(comment=SENTENCE) for _ in range(BATCH)] for _ in range(MESSAGES // BATCH)]
        began = time.perf_counter()
        failed = [post.cloud.deliver("FeedbackQueue", batch) for batch in batches]
        seconds = time.perf_counter() - began
        assert not any(failed)
    figure = f"{MESSAGES / seconds:,.0f} a second, on {post.engine}"
    return Line("responses with a sentence, one worker at a time", "informs", figure, None)


if __name__ == "__main__":
    sys.exit(alone(TITLE, measure))
