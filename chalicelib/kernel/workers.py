"""Queue workers: `@queue_worker` for one message at a time, `@batch_worker` for a batch with group commit.

Both report partial failures, so one bad message never holds up the next; it comes again until its queue's
dead-letter queue takes it. They sit under Chalice's decorator, because Lambda calls the worker's module
directly and no middleware of app.py runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from chalice.app import Blueprint

from chalicelib.kernel import telemetry
from chalicelib.kernel.commit import commit_all
from chalicelib.kernel.errors import RapportError, Repeated, Stale
from chalicelib.kernel.work import Work

STALE_TRIES = 4
"""How often a message is handled in one invocation when what it had read changed before it committed."""

BatchHandler = Callable[["list[Job]"], None]


@dataclass
class Job:
    """One message of a batch: its body, the Work it fills, and why it failed, if it did."""

    message_id: str
    body: str
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
        self.work.writes.clear()


def _jobs(event: Any) -> list[Job]:
    records = event.to_dict()["Records"]
    return [
        Job(
            record["messageId"],
            record["body"],
            int(record.get("attributes", {}).get("ApproximateReceiveCount", 1)),
        )
        for record in records
    ]


def _commit(jobs: list[Job]) -> None:
    """Commit the Works of the jobs still well; a repeat has found its own tracks and is done."""
    alive = [job for job in jobs if job.error is None]
    for job, error in zip(alive, commit_all([job.work for job in alive]), strict=True):
        if error is not None and not isinstance(error, Repeated):
            job.fail(error)


def _serve(handler: BatchHandler, jobs: list[Job]) -> None:
    """Have the messages handled and committed; those whose reading was overtaken (Stale) are read anew."""
    pending = jobs
    for _ in range(STALE_TRIES):
        for job in pending:
            job.begin_again()
        handler(pending)
        _commit(pending)
        pending = [job for job in pending if isinstance(job.error, Stale)]
        if not pending:
            return


def _report(name: str, jobs: list[Job]) -> dict[str, Any]:
    """Log each failure, count, and tell SQS which messages come again."""
    failed = [job for job in jobs if job.error is not None and not isinstance(job.error, Repeated)]
    for job in failed:
        known = isinstance(job.error, RapportError)
        telemetry.logger.error(
            "message failed",
            worker=name,
            message_id=job.message_id,
            receives=job.receives,
            error=type(job.error).__name__,
            code=job.error.code if isinstance(job.error, RapportError) else None,
            exc_info=None if known else job.error,
        )
    telemetry.logger.info("batch done", worker=name, messages=len(jobs), failed=len(failed))
    telemetry.count("MessagesProcessed", len(jobs) - len(failed))
    telemetry.count("MessagesFailed", len(failed))
    telemetry.flush()
    return {"batchItemFailures": [{"itemIdentifier": job.message_id} for job in failed]}


def batch_worker(blueprint: Blueprint, *, batch_size: int = 10) -> Callable[[BatchHandler], Any]:
    """A worker that gets a batch as Jobs, fills their Works, and has them committed together."""

    def decorate(handler: BatchHandler) -> Any:
        name = handler.__name__

        @wraps(handler)
        def handle(event: Any) -> dict[str, Any]:
            jobs = _jobs(event)
            with telemetry.traced(name):
                _serve(handler, jobs)
            return _report(name, jobs)

        # The queue is named for Chalice's sake; infra/ points the event source to the real one.
        return blueprint.on_sqs_message(queue=name, batch_size=batch_size, name=name)(handle)

    return decorate


def queue_worker(blueprint: Blueprint, *, batch_size: int = 10) -> Callable[[Callable[[Job], None]], Any]:
    """A worker that handles messages one by one, each committed before the next begins."""

    def decorate(handler: Callable[[Job], None]) -> Any:
        @wraps(handler)
        def each(jobs: list[Job]) -> None:
            for job in jobs:
                with job.attempt():
                    handler(job)
                _commit([job])
                job.work.writes.clear()

        return batch_worker(blueprint, batch_size=batch_size)(each)

    return decorate
