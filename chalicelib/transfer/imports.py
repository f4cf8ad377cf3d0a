"""What can be done with imports."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.customers import service as customers
from chalicelib.kernel import blobs, ids
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.work import Work
from chalicelib.transfer import import_store as store
from chalicelib.transfer import results
from chalicelib.transfer.events import ImportCreated, ImportStarted, ImportUndoStarted
from chalicelib.transfer.export_model import KEPT_FOR
from chalicelib.transfer.import_model import OVER, Import, Progress, RowOutcome, Setup, Starter
from chalicelib.transfer.import_views import (
    CreatedImport,
    ImportView,
    NewImport,
    Results,
    ResultsFile,
    Upload,
)

UPLOAD_SECONDS = 12 * 3600
"""How long a link to upload to is good for."""
LINK_SECONDS = 900


def create(work: Work, new: NewImport) -> CreatedImport:
    """A new import, with the link to upload its file to."""
    found = Import(
        id=ids.new_id("imp", work.now),
        version=1,
        state="awaiting_upload",
        filename=new.filename,
        created_at=work.now,
        updated_at=work.now,
    )
    store.add(work, found)
    work.record(store.partition(found.id), ImportCreated(import_id=found.id))
    url = blobs.upload_link(
        store.source_key(found.id), seconds=UPLOAD_SECONDS, bucket=settings().files_bucket
    )
    upload = Upload(url=url, expires_at=work.now + timedelta(seconds=UPLOAD_SECONDS))
    return CreatedImport(**found.model_dump(include={"id", "state", "filename", "created_at"}), upload=upload)


def start(work: Work, import_id: str, setup: Setup) -> ImportView:
    """Start an import that was analysed. Raises Conflict, Invalid for other columns or unknown topics."""
    found = store.get(import_id)
    work.check_version(found.version)
    if found.state == "awaiting_upload" or found.dialect is None:
        raise Conflict("Analyse the file first.", code="not_analysed")
    if found.state != "ready":
        raise Conflict("The import was started before.", code="already_started")
    from chalicelib.transfer.opting_out import with_topics
    from chalicelib.transfer.taking import mapper_of  # with it comes all that the job needs

    setup = with_topics(setup)
    mapper_of(setup, found.dialect, customers.definitions())
    started = _started(found, work, state="running", setup=setup, progress=_begin(work))
    store.replace(work, started)
    event = ImportStarted(job_id=import_id, step=started.step, mode=setup.mode, dry_run=setup.dry_run)
    work.record(store.partition(import_id), event)
    return ImportView.of(started)


def _begin(work: Work) -> Progress:
    return Progress(slice_at=work.now, started_at=work.now)


def _started(found: Import, work: Work, **changes: object) -> Import:
    """The import with a job to do, begun by whoever asks."""
    return found.model_copy(
        update={
            "version": found.version + 1,
            "updated_at": work.now,
            "step": found.step + 1,
            "started_by": Starter(id=work.principal.id, actor=work.principal.actor),
            **changes,
        }
    )


def cancel(work: Work, import_id: str) -> ImportView:
    """Have a running import end with its current slice. Twice is once. Raises Conflict `not_running`."""
    found = store.get(import_id)
    work.check_version(found.version)
    if found.cancelling and found.state in ("running", "finishing", "cancelled"):
        return ImportView.of(found)
    if found.state != "running":
        raise Conflict("The import is not running.", code="not_running")
    asked = {"version": found.version + 1, "updated_at": work.now, "cancelling": True}
    after = found.model_copy(update=asked)
    store.replace(work, after)
    return ImportView.of(after)


def undo(work: Work, import_id: str) -> ImportView:
    """Begin to take an import back. Twice is once.

    Raises Conflict while it runs, for a dry run, and `too_late` a day before what it did is forgotten, which
    is left for the undoing itself.
    """
    found = store.get(import_id)
    work.check_version(found.version)
    if found.state in ("undoing", "undone"):
        return ImportView.of(found)
    if found.state not in OVER:
        raise Conflict("Only an import that is over can be undone.", code="not_over")
    if found.setup is None or found.setup.dry_run:
        raise Conflict("A dry run changed nothing.", code="dry_run")
    if found.progress and found.progress.started_at + KEPT_FOR - timedelta(days=1) <= ids.now():
        raise Conflict("An import is kept for 30 days; then it stays done.", code="too_late")
    undoing = _started(found, work, state="undoing", undo=_begin(work))
    store.replace(work, undoing)
    work.record(store.partition(import_id), ImportUndoStarted(job_id=import_id, step=undoing.step))
    return ImportView.of(undoing)


def get(import_id: str) -> ImportView:
    """Raises NotFound."""
    return ImportView.of(store.get(import_id))


def newest(*, limit: int, after: str | None) -> tuple[list[ImportView], str | None]:
    found, position = store.newest(limit=limit, after=after)
    return [ImportView.of(one) for one in found], position


def rows(
    import_id: str, kind: store.Kind, outcome: str | None, *, limit: int, after: str | None
) -> tuple[list[RowOutcome], str | None]:
    """A page of what became of the rows, as far as it is known. Raises NotFound, also `file_gone`."""
    found = store.get(import_id)
    try:
        return results.page(found, kind, outcome, limit=limit, after=after)
    except NotFound:
        raise _gone() from None


def _gone() -> NotFound:
    return NotFound("The outcomes were deleted after 30 days.", code="file_gone")


def links(import_id: str, kind: store.Kind) -> Results:
    """Links to the files of outcomes. Raises Conflict `not_over` before they are complete, `file_gone`."""
    found = store.get(import_id)
    progress = found.undo if kind == "undo" else found.progress
    if found.setup is None or progress is None or progress.finished_at is None:
        raise Conflict("The results are complete when the import is over.", code="not_over")
    if progress.finished_at + KEPT_FOR <= ids.now():
        raise _gone()
    suffix = found.setup.results
    files = [
        ResultsFile(
            url=blobs.link(
                store.results_key(import_id, kind, number, suffix),
                seconds=LINK_SECONDS,
                filename=f"{import_id}-{number + 1}.{suffix}.gz",
                bucket=settings().files_bucket,
            )
        )
        for number in range(progress.files)
    ]
    return Results(format=suffix, files=files, expires_at=ids.now() + timedelta(seconds=LINK_SECONDS))
