"""Messages whose reading was overtaken (Stale) are handled anew, a bounded number of times."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.kernel.errors import Conflict, Stale
from chalicelib.kernel.workers import STALE_TRIES, Job, batch_worker, queue_worker
from tests.cloud import sqs_event

EVENT = sqs_event("arn:aws:sqs:us-east-1:123456789012:q", [{"MessageId": n, "Body": n} for n in "abc"])


def _failed(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_only_the_overtaken_are_handled_anew() -> None:
    seen: list[str] = []

    @batch_worker(Blueprint("once"))
    def worker(jobs: list[Job]) -> None:
        for job in jobs:
            with job.attempt():
                seen.append(job.body)
                if job.body == "c":
                    raise Conflict("No.")
                if job.body == "b" and seen.count("b") < 3:
                    raise Stale("Overtaken.")

    assert _failed(worker(EVENT, None)) == ["c"]
    assert seen == ["a", "b", "c", "b", "b"]


def test_tries_are_bounded() -> None:
    seen: list[str] = []

    @queue_worker(Blueprint("bounded"))
    def worker(job: Job) -> None:
        seen.append(job.body)
        if job.body == "a":
            raise Stale("Overtaken.")

    assert _failed(worker(EVENT, None)) == ["a"]
    assert seen.count("a") == STALE_TRIES
    assert (seen.count("b"), seen.count("c")) == (1, 1)
