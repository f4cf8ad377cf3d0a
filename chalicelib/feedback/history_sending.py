"""Sends a step's rows of an import to the queue, in slices.

A row's id follows from import and row, so that a step that is repeated sends the same responses again, which
the worker knows. Their events are `bulk`: nobody reacts to them as to news.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

from chalicelib.feedback import batch, history_store
from chalicelib.feedback.history_model import MAX_REJECTS, Job, Rejected, fields_of, moment, places
from chalicelib.feedback.model import Submission
from chalicelib.kernel import blobs, ids
from chalicelib.kernel.commit import commit_all
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Invalid, RapportError
from chalicelib.kernel.work import Work

SLICE = 100
"""Rows that are sent before it is looked at the clock."""
STEP_SECONDS, STEP_ROWS = 45, 20_000
"""What a step does at most."""
Row = tuple[int, list[str], str | None]
"""Where the next one begins, the cells, and why it cannot be read."""


def send(job: Job) -> tuple[Job, bool]:
    """The job after a step's rows, and whether the file is over."""
    assert job.dialect is not None
    where = places(job.setup.columns, job.dialect.columns)
    until = time.monotonic() + STEP_SECONDS
    begun = job.rows
    for rows in _slices(job):
        works: list[Work] = []
        rejected: list[Rejected] = []
        for number, (_, cells, problem) in enumerate(rows, job.rows + 1):
            try:
                works.append(_sending(job, where, number, cells, problem))
            except RapportError as error:
                rejected.append(Rejected(row=number, code=_code(error)))
        for failed in commit_all(works):
            if failed is not None:
                raise failed  # the step comes again, and sends the same
        counted = Counter(job.rejected) + Counter(one.code for one in rejected)
        job = job.model_copy(
            update={
                "rows": job.rows + len(rows),
                "accepted": job.accepted + len(works),
                "rejected": dict(counted),
                "rejects": (job.rejects + rejected)[:MAX_REJECTS],
                "offset": rows[-1][0],
            }
        )
        if time.monotonic() > until or job.rows - begun >= STEP_ROWS:
            return job, False
    return job, True


def _slices(job: Job) -> Iterator[list[Row]]:
    assert job.dialect is not None

    def read(first: int, length: int) -> bytes:
        return blobs.read(
            history_store.source(job.id), first, length, bucket=settings().files_bucket, etag=job.etag
        )

    rows: list[Row] = []
    for record in job.dialect.records(read, job.offset):
        rows.append((record.end, record.cells, record.problem))
        if len(rows) == SLICE:
            yield rows
            rows = []
    if rows:
        yield rows


def _sending(job: Job, where: dict[str, int], number: int, cells: list[str], problem: str | None) -> Work:
    """A row's message. Raises Invalid for what is no response."""
    if problem:
        raise Invalid("The row cannot be read.", code=problem)
    now = ids.now()
    at = where.get("submitted_at")
    told = cells[at].strip() if at is not None and at < len(cells) else ""
    submission = Submission(
        version=1,
        id=ids.keyed_id("fbk", job.id, str(number)),
        submitted_at=moment(told, settings().zone, now) if at is not None else job.created_at,
        submitted_by=job.started_by,
        bulk=True,
        response=batch.read(fields_of(cells, where, job.setup)),
    )
    work = Work()
    work.send(settings().feedback_queue_url, submission.model_dump_json(ensure_ascii=True))
    return work


def _code(error: RapportError) -> str:
    params: list[dict[str, Any]] = error.extra.get("invalid_params") or [{}]
    return str(params[0].get("code", error.code))
