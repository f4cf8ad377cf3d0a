"""Takes history over: a file is uploaded, then sent to the queue in slices, a job's step each.

A row's id follows from import and row, so that a step that is repeated sends the same responses again, which
the worker knows. Their events are `bulk`: nobody reacts to them as to news.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from chalicelib.feedback import batch
from chalicelib.feedback.history_events import (
    HistoryAdvanced,
    HistoryCreated,
    HistoryFinished,
    HistoryStarted,
)
from chalicelib.feedback.history_model import (
    MAX_REJECTS,
    CreatedHistory,
    History,
    Job,
    NewHistory,
    Rejected,
    Upload,
    fields_of,
    moment,
    places,
)
from chalicelib.feedback.model import Submission
from chalicelib.kernel import blobs, ids, table
from chalicelib.kernel.commit import commit_all
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import AlreadyExists, Conflict, Invalid, NotFound, RapportError, Repeated
from chalicelib.kernel.table import Key
from chalicelib.kernel.work import Work
from chalicelib.transfer.reading.dialect import Given, dialect_of

UPLOAD_SECONDS = 12 * 3600
HEAD = 1 << 20
"""Bytes in which separator and encoding are found out."""
SLICE = 100
"""Rows that are sent before it is looked at the clock."""
STEP_SECONDS, STEP_ROWS = 45, 20_000
"""What a step does at most."""


def create(work: Work, new: NewHistory) -> CreatedHistory:
    """A new import, with the link to upload its file to: CSV or JSON Lines is found out."""
    job = Job(
        id=ids.new_id("fim", work.now),
        version=1,
        state="awaiting_upload",
        setup=new,
        created_at=work.now,
    )
    work.put(_item(job), unless_exists=AlreadyExists("This import exists."))
    work.record(_partition(job.id), HistoryCreated(import_id=job.id))
    url = blobs.upload_link(_source(job.id), seconds=UPLOAD_SECONDS, bucket=settings().files_bucket)
    upload = Upload(url=url, expires_at=work.now + timedelta(seconds=UPLOAD_SECONDS))
    return CreatedHistory(**_told(job).model_dump(), upload=upload)


def start(work: Work, import_id: str) -> History:
    """Start it. Raises Conflict `not_uploaded`, `already_started`; Invalid without those columns."""
    job = _job(import_id)
    work.check_version(job.version)
    if job.state != "awaiting_upload":
        raise Conflict("The import was started before.", code="already_started")
    found = blobs.look(_source(import_id), bucket=settings().files_bucket)
    if found is None:
        raise Conflict("Upload the file first.", code="not_uploaded")
    head = blobs.read(_source(import_id), 0, HEAD, bucket=settings().files_bucket, etag=found.etag)
    dialect = dialect_of(head, whole=len(head) < HEAD, given=Given(header=True, format="csv"))
    places(job.setup.columns, dialect.columns)
    started = _next(
        job,
        state="running",
        step=1,
        etag=found.etag,
        dialect=dialect,
        offset=dialect.rows_at,
        started_by=work.principal.id,
    )
    work.replace(_item(started), version=job.version)
    work.record(_partition(import_id), HistoryStarted(job_id=import_id, step=1))
    return _told(started)


def get(import_id: str) -> History:
    """How far it is. Raises NotFound."""
    return _told(_job(import_id))


def take_step(work: Work, import_id: str, step: int) -> None:
    """Send the rows of a step, and put what follows into the Work. Raises Repeated for one done before."""
    job = _job(import_id)
    if job.step != step or job.state != "running":
        raise Repeated("This step was taken before.")
    try:
        after, over = _send(job)
    except NotFound as error:
        problem = "file_changed" if error.code == "object_replaced" else "file_gone"
        after, over = job.model_copy(update={"problem": problem}), True
    if not over:
        after = _next(after, version=job.version + 1, step=step + 1)
        event = HistoryAdvanced(job_id=import_id, step=after.step, rows=after.rows)
        work.replace(_item(after), version=job.version)
        work.record(_partition(import_id), event)
        return
    state = "failed" if after.problem else "finished"
    after = _next(after, version=job.version + 1, state=state, finished_at=work.now)
    work.replace(_item(after), version=job.version)
    finished = HistoryFinished(import_id=import_id, state=state, accepted=after.accepted)
    work.record(_partition(import_id), finished)


def _send(job: Job) -> tuple[Job, bool]:
    """The job after a step's rows, and whether the file is over."""
    until = time.monotonic() + STEP_SECONDS
    begun = job.rows
    for rows in _slices(job):
        works: list[Work] = []
        rejected: list[Rejected] = []
        for number, (_, cells, problem) in enumerate(rows, job.rows + 1):
            try:
                works.append(_sending(job, number, cells, problem))
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


Row = tuple[int, list[str], str | None]
"""Where the next one begins, the cells, and why it cannot be read."""


def _slices(job: Job) -> Iterator[list[Row]]:
    assert job.dialect is not None

    def read(first: int, length: int) -> bytes:
        return blobs.read(_source(job.id), first, length, bucket=settings().files_bucket, etag=job.etag)

    rows: list[Row] = []
    for record in job.dialect.records(read, job.offset):
        rows.append((record.end, record.cells, record.problem))
        if len(rows) == SLICE:
            yield rows
            rows = []
    if rows:
        yield rows


def _sending(job: Job, number: int, cells: list[str], problem: str | None) -> Work:
    """A row's message. Raises Invalid for what is no response."""
    assert job.dialect is not None
    if problem:
        raise Invalid("The row cannot be read.", code=problem)
    where = places(job.setup.columns, job.dialect.columns)
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


def _next(job: Job, **changes: object) -> Job:
    return job.model_copy(update={"version": job.version + 1, **changes})


def _told(job: Job) -> History:
    return History.model_validate(job.model_dump(exclude={"step", "started_by", "etag", "dialect", "offset"}))


def _partition(import_id: str) -> str:
    return f"FIM#{import_id}"


def _source(import_id: str) -> str:
    return f"imports/{import_id}/source"


def _item(job: Job) -> dict[str, Any]:
    return {**Key(_partition(job.id), "IMPORT")._asdict(), **job.model_dump(mode="json", exclude_none=True)}


def _job(import_id: str) -> Job:
    item = table.get(Key(_partition(import_id), "IMPORT"))
    if item is None:
        raise NotFound("There is no such import.", code="no_such_import")
    return Job.model_validate(item, strict=False)
