"""Takes history over: a file is uploaded, then sent to the queue, a job's step after the other."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.feedback import admission, history_sending, history_store
from chalicelib.feedback.history_events import (
    HistoryAdvanced,
    HistoryCreated,
    HistoryFinished,
    HistoryStarted,
)
from chalicelib.feedback.history_model import (
    CreatedHistory,
    History,
    Job,
    NewHistory,
    Upload,
    places,
)
from chalicelib.kernel import blobs, ids
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import AlreadyExists, Conflict, NotFound, Repeated
from chalicelib.kernel.work import Work
from chalicelib.transfer.reading.dialect import Given, dialect_of

UPLOAD_SECONDS = 12 * 3600
HEAD = 1 << 20
"""Bytes in which separator and encoding are found out."""


def create(work: Work, new: NewHistory) -> CreatedHistory:
    """A new import, with the link to upload its file to.

    Raises Conflict `anonymous_survey`, Invalid `wrong_kind` when its survey takes no response of that kind.
    """
    admission.check_survey(new.survey, new.kind)
    job = Job(
        id=ids.new_id("fim", work.now),
        version=1,
        state="awaiting_upload",
        setup=new,
        created_at=work.now,
    )
    work.put(history_store.item(job), unless_exists=AlreadyExists("This import exists."))
    work.record(history_store.partition(job.id), HistoryCreated(import_id=job.id))
    url = blobs.upload_link(
        history_store.source(job.id), seconds=UPLOAD_SECONDS, bucket=settings().files_bucket
    )
    upload = Upload(url=url, expires_at=work.now + timedelta(seconds=UPLOAD_SECONDS))
    return CreatedHistory(**_told(job).model_dump(), upload=upload)


def start(work: Work, import_id: str) -> History:
    """Start it. Raises Conflict `not_uploaded`, `already_started`; Invalid without those columns."""
    job = history_store.get(import_id)
    work.check_version(job.version)
    if job.state != "awaiting_upload":
        raise Conflict("The import was started before.", code="already_started")
    found = blobs.look(history_store.source(import_id), bucket=settings().files_bucket)
    if found is None:
        raise Conflict("Upload the file first.", code="not_uploaded")
    head = blobs.read(
        history_store.source(import_id), 0, HEAD, bucket=settings().files_bucket, etag=found.etag
    )
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
    work.replace(history_store.item(started), version=job.version)
    work.record(history_store.partition(import_id), HistoryStarted(job_id=import_id, step=1))
    return _told(started)


def get(import_id: str) -> History:
    """How far it is. Raises NotFound."""
    return _told(history_store.get(import_id))


def step(work: Work, import_id: str, step: int) -> None:
    """Send the rows of a step, and put what follows into the Work. Raises Repeated for one done before."""
    job = history_store.get(import_id)
    if job.step != step or job.state != "running":
        raise Repeated("This step was taken before.")
    try:
        after, over = history_sending.send(job)
    except NotFound as error:
        problem = "file_changed" if error.code == "object_replaced" else "file_gone"
        after, over = job.model_copy(update={"problem": problem}), True
    if not over:
        after = _next(after, step=step + 1)
        event = HistoryAdvanced(job_id=import_id, step=after.step, rows=after.rows)
        work.replace(history_store.item(after), version=job.version)
        work.record(history_store.partition(import_id), event)
        return
    state = "failed" if after.problem else "finished"
    after = _next(after, state=state, finished_at=work.now)
    work.replace(history_store.item(after), version=job.version)
    finished = HistoryFinished(import_id=import_id, state=state, accepted=after.accepted)
    work.record(history_store.partition(import_id), finished)


def _next(job: Job, **changes: object) -> Job:
    return job.model_copy(update={"version": job.version + 1, **changes})


def _told(job: Job) -> History:
    return History.model_validate(job.model_dump(exclude={"step", "started_by", "etag", "dialect", "offset"}))
