"""Queue workers: `@queue_worker` for one message at a time, `@batch_worker` for a batch with group commit.

Both report partial failures, so one bad message never holds up the next; it comes again, each time later,
until its queue's dead-letter queue takes it (after 5 tries, two and a half minutes). They sit under
Chalice's decorator, because Lambda calls the worker's module directly and no middleware of app.py runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, wraps
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from chalice.app import Blueprint

from chalicelib.kernel import aws, telemetry
from chalicelib.kernel.commit import commit_all
from chalicelib.kernel.errors import RapportError, Repeated, Stale
from chalicelib.kernel.work import Work

STALE_TRIES = 4
"""How often a message is handled in one invocation when what it had read changed before it committed."""

MAX_BATCH = 10
"""Messages of a batch: as many as one call to SQS takes."""
FIRST_RETRY, LAST_RETRY = 5, 300
"""Seconds until a failed message comes again, at first and at most."""

BatchHandler = Callable[["list[Job]"], None]


@dataclass
class Job:
    """One message of a batch: its body, the Work it fills, and why it failed, if it did."""

    message_id: str
    body: str
    receipt: str = ""
    receives: int = 1
    work: Work = field(default_factory=Work)
    error: Exception | None = None

    @contextmanager
    def attempt(self) -> Iterator[Work]:
        """Fill the Work; an exception fails this message only."""
        try:
            yield self.work
        except Exception as error:  # whatever it is, it concerns this message alone
            self.fail(error)

    def begin_again(self) -> None:
        """Forget the attempt that was overtaken."""
        self.work, self.error = Work(), None

    def fail(self, error: Exception) -> None:
        """Give this message up for now; nothing of its Work is committed."""
        self.error = error
        self.work = Work()

    @property
    def retry_after(self) -> int:
        """Seconds until this message comes again: 5 at first, then doubled; or later, as its error asks."""
        asked = self.error.extra.get("retry_after", 0) if isinstance(self.error, RapportError) else 0
        return int(min(max(FIRST_RETRY * 2 ** (self.receives - 1), asked), LAST_RETRY))


def _jobs(records: list[Any]) -> list[Job]:
    return [
        Job(
            record["messageId"],
            record["body"],
            record["receiptHandle"],
            int(record["attributes"]["ApproximateReceiveCount"]),
        )
        for record in records
    ]


def _commit(jobs: list[Job]) -> None:
    """Commit the Works of the jobs still well; a repeat has found its own tracks and is done."""
    alive = [job for job in jobs if job.error is None]
    for job, error in zip(alive, commit_all([job.work for job in alive]), strict=True):
        if error is not None and not isinstance(error, Repeated):
            job.fail(error)


def _failed(jobs: list[Job]) -> list[Job]:
    return [job for job in jobs if job.error is not None and not isinstance(job.error, Repeated)]


@cache
def _queue_url(arn: str) -> str:
    *_, account, name = arn.split(":")
    return aws.sqs().get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]


def _retry_soon(arn: str, failed: list[Job]) -> None:
    """Show failed messages again sooner than the queue would, which hides them for minutes; best effort."""
    entries: list[Any] = [
        {"Id": str(place), "ReceiptHandle": job.receipt, "VisibilityTimeout": job.retry_after}
        for place, job in enumerate(failed[:MAX_BATCH])
    ]
    try:
        url = _queue_url(arn)
        answer = aws.sqs().change_message_visibility_batch(QueueUrl=url, Entries=entries)
        codes = [refused["Code"] for refused in answer.get("Failed", [])]
    except (BotoCoreError, ClientError) as error:
        codes = [type(error).__name__]
    if codes:
        telemetry.logger.warning("retries come late", codes=codes)


def _report(name: str, jobs: list[Job], failed: list[Job]) -> dict[str, Any]:
    """Log each failure, count, and tell SQS which messages come again."""
    for job in failed:
        if job.error is not None:
            telemetry.failure(
                "message failed", job.error, worker=name, message_id=job.message_id, receives=job.receives
            )
    telemetry.logger.info("batch done", worker=name, messages=len(jobs), failed=len(failed))
    telemetry.count("MessagesProcessed", len(jobs) - len(failed))
    telemetry.count("MessagesFailed", len(failed))
    telemetry.flush()
    return {"batchItemFailures": [{"itemIdentifier": job.message_id} for job in failed]}


def _serve(handler: BatchHandler, jobs: list[Job]) -> None:
    """Have the messages handled and committed; those whose reading was overtaken (Stale) are read anew."""
    pending = jobs
    for _ in range(STALE_TRIES):
        for job in pending:
            job.begin_again()
        _attempt(handler, pending)
        pending = [job for job in pending if isinstance(job.error, Stale)]
        if not pending:
            return


def _attempt(handler: BatchHandler, jobs: list[Job]) -> None:
    """Handle and commit a batch; an exception outside any one message fails those not failed yet."""
    try:
        handler(jobs)
        _commit(jobs)
    except Exception as error:  # the messages come again, and repeats of what was done find their tracks
        for job in jobs:
            if job.error is None:
                job.fail(error)


def batch_worker(blueprint: Blueprint, *, batch_size: int = MAX_BATCH) -> Callable[[BatchHandler], Any]:
    """A worker that gets a batch as Jobs, fills their Works, and has them committed together."""

    def decorate(handler: BatchHandler) -> Any:
        name = handler.__name__

        @wraps(handler)
        def handle(event: Any) -> dict[str, Any]:
            records = event.to_dict()["Records"]
            jobs = _jobs(records)
            with telemetry.traced(name):
                _serve(handler, jobs)
            failed = _failed(jobs)
            if failed:
                _retry_soon(records[0]["eventSourceARN"], failed)
            return _report(name, jobs, failed)

        # The queue is named for Chalice's sake; infra/ points the event source to the real one.
        return blueprint.on_sqs_message(queue=name, batch_size=batch_size, name=name)(handle)

    return decorate


def queue_worker(
    blueprint: Blueprint, *, batch_size: int = MAX_BATCH
) -> Callable[[Callable[[Job], None]], Any]:
    """A worker that handles messages one by one, each committed before the next begins."""

    def decorate(handler: Callable[[Job], None]) -> Any:
        @wraps(handler)
        def each(jobs: list[Job]) -> None:
            for job in jobs:
                with job.attempt():
                    handler(job)
                    _commit([job])
                job.work = Work()

        return batch_worker(blueprint, batch_size=batch_size)(each)

    return decorate
