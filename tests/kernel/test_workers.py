"""Queue workers: what fails alone, what is reported, when it comes again, and what is logged."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from chalice.app import Blueprint

from chalicelib.kernel import aws, pages, telemetry, workers
from chalicelib.kernel.errors import Conflict, Repeated, Stale, Unavailable
from chalicelib.kernel.work import Work
from chalicelib.kernel.workers import Job, batch_worker, queue_worker
from tests.cloud import Cloud, sqs_event
from tests.faults import answering, cancelled, refusal

pytestmark = pytest.mark.usefixtures("cloud")
SECRET = "ada@example.org"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    workers._queue_url.cache_clear()


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What is logged."""
    written = io.StringIO()
    monkeypatch.setattr(telemetry.logger.registered_handler, "stream", written)
    return written


def single(job: Job) -> None:
    """Writes the item that the body names; some bodies are poison."""
    body = json.loads(job.body)
    if body["name"] == "repeated":
        raise Repeated("It was done before.")
    if body["name"] == "overtaken" and body.setdefault("overtaken", 0) < 1:
        raise Stale("It changed.")
    job.work.put({"pk": "P", "sk": body["name"], "receives": job.receives}, unless_exists=Repeated("Done."))
    if body["name"] == "poison":
        raise KeyError(SECRET)


def together(jobs: list[Job]) -> None:
    for job in jobs:
        with job.attempt():
            single(job)


def careless(jobs: list[Job]) -> None:
    """Fails outside any one message."""
    jobs[0].fail(Conflict("This one is bad."))
    raise RuntimeError("a fault of ours")


one_by_one: Callable[[Any, Any], Any] = queue_worker(Blueprint("one"))(single)
grouped: Callable[[Any, Any], Any] = batch_worker(Blueprint("many"))(together)
raising: Callable[[Any, Any], Any] = batch_worker(Blueprint("careless"))(careless)
BOTH = pytest.mark.parametrize("worker", [one_by_one, grouped], ids=["one_by_one", "grouped"])


@BOTH
def test_poison_beside_good_fails_alone(cloud: Cloud, worker: Any) -> None:
    failed = _run(cloud, worker, "a", "poison", "not json", "b")
    assert failed == {"1", "2"}
    assert _names(cloud) == {"a", "b"}


@BOTH
def test_a_repeat_is_done(cloud: Cloud, worker: Any) -> None:
    assert _run(cloud, worker, "a", "repeated") == set()
    assert _run(cloud, worker, "a", "b") == set()
    assert _names(cloud) == {"a", "b"}


@BOTH
def test_the_same_message_twice_in_a_batch_is_once(cloud: Cloud, worker: Any) -> None:
    assert _run(cloud, worker, "a", "a") == set()
    assert _names(cloud) == {"a"}


@BOTH
def test_a_busy_database_fails_what_it_holds_up(cloud: Cloud, worker: Any) -> None:
    with answering(aws.dynamodb(), "TransactWriteItems", *[refusal("ThrottlingException")] * 2):
        assert _run(cloud, worker, "a", "b") == {"0", "1"}
    assert _run(cloud, worker, "a", "b") == set(), "and they come again"


def test_what_the_commit_refuses_fails_alone(cloud: Cloud) -> None:
    with answering(aws.dynamodb(), "TransactWriteItems", cancelled("None", "ValidationError", "None")):
        assert _run(cloud, grouped, "a", "b", "c") == {"1"}
    assert _names(cloud) == {"a", "c"}


def test_a_denied_commit_fails_the_message_and_not_the_next(cloud: Cloud) -> None:
    with answering(aws.dynamodb(), "TransactWriteItems", refusal("AccessDeniedException")):
        assert _run(cloud, one_by_one, "a", "b") == {"0"}
    assert _names(cloud) == {"b"}


def test_a_handler_that_raises_fails_its_batch_and_is_heard_of(cloud: Cloud, log: io.StringIO) -> None:
    assert _run(cloud, raising, "a", "b") == {"0", "1"}
    errors = {
        line["message_id"]: line["error"] for line in _lines(log) if line["message"] == "message failed"
    }
    assert errors == {"0": "Conflict", "1": "RuntimeError"}


@BOTH
def test_what_was_overtaken_is_read_anew(cloud: Cloud, worker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [1, 1]
    put = Work.put

    def overtaken(self: Work, item: Any, **more: Any) -> None:
        if item["sk"] == "b" and left:
            left.pop()
            raise Stale("It changed.")
        put(self, item, **more)

    monkeypatch.setattr(Work, "put", overtaken)
    assert _run(cloud, worker, "a", "b", "c") == set()
    assert _names(cloud) == {"a", "b", "c"}


def test_what_is_always_overtaken_comes_again(cloud: Cloud) -> None:
    assert _run(cloud, one_by_one, "overtaken", "a") == {"0"}


def test_the_log_says_who_failed_and_nothing_of_what_was_in_it(
    cloud: Cloud, log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    _run(cloud, one_by_one, "a", "poison", more=SECRET)
    lines = _lines(log)
    failed = next(line for line in lines if line["message"] == "message failed")
    assert (failed["worker"], failed["message_id"], failed["receives"]) == ("single", "1", 1)
    done = next(line for line in lines if line["message"] == "batch done")
    assert (done["messages"], done["failed"]) == (2, 1)
    metrics = json.loads(capsys.readouterr().out)
    assert (metrics["MessagesProcessed"], metrics["MessagesFailed"]) == ([1.0], [1.0])
    assert SECRET not in log.getvalue()
    assert any("test_workers.py" in line for line in failed["where"])


@pytest.mark.parametrize(
    ("receives", "seconds"), [(1, 5), (2, 10), (3, 20), (4, 40), (5, 80), (7, 300), (999, 300)]
)
def test_each_time_a_failed_message_comes_later(receives: int, seconds: int) -> None:
    assert Job("id", "body", receives=receives).retry_after == seconds


@pytest.mark.parametrize(("asked", "seconds"), [(1, 5), (66, 66), (9999, 300)])
def test_an_error_may_ask_for_more_time(asked: int, seconds: int) -> None:
    job = Job("id", "body")
    job.fail(Unavailable("Somebody else has it.", retry_after=asked))
    assert job.retry_after == seconds


def test_failed_messages_are_shown_again_soon(cloud: Cloud) -> None:
    with answering(aws.sqs(), "ChangeMessageVisibilityBatch", {"Successful": []}) as calls:
        _run(cloud, one_by_one, "a", "poison", "poison", receives=3)
    (call,) = calls
    assert call["QueueUrl"] == cloud["FeedbackQueue"]
    assert [(entry["ReceiptHandle"], entry["VisibilityTimeout"]) for entry in call["Entries"]] == [
        ("handle 1", 20),
        ("handle 2", 20),
    ]


def test_a_received_message_is_seen_again_when_its_time_has_come(cloud: Cloud) -> None:
    cloud.sqs.send_message(QueueUrl=cloud["FeedbackQueue"], MessageBody='{"name": "poison"}')
    messages = cloud.receive("FeedbackQueue")
    messages[0]["Attributes"]["ApproximateReceiveCount"] = "1"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workers, "FIRST_RETRY", 0)
        failed = one_by_one(sqs_event(cloud.arn("FeedbackQueue"), messages), None)["batchItemFailures"]
    assert failed == [{"itemIdentifier": messages[0]["MessageId"]}]
    assert [message["MessageId"] for message in cloud.receive("FeedbackQueue")] == [messages[0]["MessageId"]]


def test_no_failure_no_call(cloud: Cloud) -> None:
    with answering(aws.sqs(), "ChangeMessageVisibilityBatch") as calls:
        _run(cloud, one_by_one, "a")
    assert calls == []


@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        ("GetQueueUrl", refusal("AccessDenied", 403)),
        ("ChangeMessageVisibilityBatch", refusal("ServiceUnavailable", 503)),
        ("ChangeMessageVisibilityBatch", {"Failed": [{"Id": "0", "Code": "ReceiptHandleIsInvalid"}]}),
    ],
)
def test_when_they_cannot_be_shown_sooner_they_still_are_reported(
    cloud: Cloud, log: io.StringIO, operation: str, answer: Any
) -> None:
    with answering(aws.sqs(), operation, answer):
        assert _run(cloud, one_by_one, "poison") == {"0"}
    assert "retries come late" in [line["message"] for line in _lines(log)]


def test_an_error_of_ours_is_told_by_its_code(cloud: Cloud, log: io.StringIO) -> None:
    with answering(aws.dynamodb(), "TransactWriteItems", refusal("ThrottlingException")):
        _run(cloud, one_by_one, "a")
    failed = next(line for line in _lines(log) if line["message"] == "message failed")
    assert (failed["error"], failed["code"]) == (Unavailable.__name__, "unavailable")


def _run(cloud: Cloud, worker: Any, *names: str, receives: int = 1, more: str = "") -> set[str]:
    """Hand a worker one message a name; the ids (0, 1, …) of those it reports as failed."""
    messages = [
        {
            "MessageId": str(place),
            "ReceiptHandle": f"handle {place}",
            "Body": name if name == "not json" else json.dumps({"name": name, "more": more}),
            "Attributes": {"ApproximateReceiveCount": str(receives)},
        }
        for place, name in enumerate(names)
    ]
    answer = worker(sqs_event(cloud.arn("FeedbackQueue"), messages), None)
    return {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}


def _names(cloud: Cloud) -> set[str]:
    return {item["sk"] for item in pages.every(pages.Query("P"))}


def _lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [{"message": "", **json.loads(line)} for line in log.getvalue().splitlines()]
