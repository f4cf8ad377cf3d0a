"""Takes an import, or its undoing, on by one step: slices with a checkpoint each, then the results."""

from __future__ import annotations

import time
from collections import Counter
from contextlib import closing

from chalicelib.customers.changes import Change
from chalicelib.kernel import ids
from chalicelib.kernel.commit import commit
from chalicelib.kernel.errors import NotFound, Repeated, Stale
from chalicelib.kernel.work import Work
from chalicelib.transfer import import_store as store
from chalicelib.transfer import results, undoing
from chalicelib.transfer.events import ImportAdvanced, ImportFinished, ImportUndone
from chalicelib.transfer.import_model import Import, State
from chalicelib.transfer.progress import kind_of, progress_of, with_progress
from chalicelib.transfer.rehearsal import Rehearsal
from chalicelib.transfer.taking import row_slices

STEP_SECONDS = 45
"""From when a step begins no further slice; the worker has 300."""


def step(work: Work, import_id: str, step: int) -> None:
    """Do the step and put what follows into the Work. Raises Repeated for one that was done before."""
    job = store.get(import_id)
    if job.step != step:
        raise Repeated("This step was taken before.")
    until = time.monotonic() + STEP_SECONDS
    if job.state == "running":
        job = _run_rows(job, until)
    if job.state == "undoing":
        job = _undo(job, until)
    if _rows_done(job):
        job = _make_files(job, until)
    _go_on(work, job)


def _go_on(work: Work, job: Import) -> None:
    """The next step, unless the job is over."""
    after = _next(job, work, step=job.step + 1)
    progress = progress_of(after)
    if _rows_done(job) and _files_left(job) == 0:
        return _end(work, after)
    store.replace(work, after)
    event = ImportAdvanced(job_id=job.id, step=after.step, rows=progress.rows)
    work.record(store.partition(job.id), event)
    return None


def _end(work: Work, job: Import) -> None:
    kind = kind_of(job)
    state: State = "undone" if kind == "undo" else _how(job)
    progress = progress_of(job).model_copy(update={"finished_at": work.now})
    store.replace(work, with_progress(job, progress).model_copy(update={"state": state}))
    event = (
        ImportUndone(import_id=job.id, counts=progress.counts)
        if kind == "undo"
        else ImportFinished(import_id=job.id, state=state, counts=progress.counts)
    )
    work.record(store.partition(job.id), event)


def _how(job: Import) -> State:
    if job.problem:
        return "failed"
    return "cancelled" if job.cancelling else "finished"


def _next(job: Import, work: Work, **changes: object) -> Import:
    return job.model_copy(update={"version": job.version + 1, "updated_at": work.now, **changes})


def _checkpoint(job: Import) -> Import:
    """Write how far the job came; what somebody changed of it meanwhile, such as cancelling, is kept.

    Raises Repeated when another run of this step came further.
    """
    while True:
        work = Work(now=ids.now())
        after = _next(job, work)
        store.replace(work, after)
        try:
            commit(work)
        except Stale:
            now = store.get(job.id)
            if (now.step, now.version) == (job.step, job.version) or not now.cancelling or job.cancelling:
                raise Repeated("Another run of this step came further.") from None
            job = job.model_copy(update={"version": now.version, "cancelling": True})
        else:
            return after


def _advanced(job: Import, changes: list[Change], **more: object) -> Import:
    """The job after one more slice. The next one begins now."""
    progress = progress_of(job)
    counts = Counter(progress.counts) + Counter(change.outcome for change in changes)
    after = progress.model_copy(
        update={
            "slices": progress.slices + 1,
            "rows": progress.rows + len(changes),
            "counts": dict(counts),
            "opted_out": progress.opted_out + sum(change.opted_out for change in changes),
            "slice_at": ids.now(),
        }
    )
    return with_progress(job, after).model_copy(update=more)


def _run_rows(job: Import, until: float) -> Import:
    try:
        rehearsal = Rehearsal(job) if job.setup and job.setup.dry_run else None
        with closing(row_slices(job)) as slices:
            while not job.cancelling and (rows := next(slices, None)):
                changes = rows.take(job, rehearsal)
                partial = rehearsal is not None and rehearsal.is_partial
                job = _checkpoint(_advanced(job, changes, offset=rows.end, partial=partial))
                if time.monotonic() > until and not job.cancelling:
                    if rehearsal:
                        rehearsal.keep(progress_of(job).slices)
                    return job
    except NotFound as error:
        problem = "file_changed" if error.code == "object_replaced" else "file_gone"
        return job.model_copy(update={"state": "finishing", "problem": problem})
    return job.model_copy(update={"state": "finishing"})


def _undo(job: Import, until: float) -> Import:
    """Undo the slices, the last one first."""
    assert job.progress is not None
    while (done := progress_of(job).slices) < job.progress.slices:
        changes = undoing.undo_slice(job, job.progress.slices - 1 - done)
        job = _checkpoint(_advanced(job, changes))
        if time.monotonic() > until:
            break
    return job


def _rows_done(job: Import) -> bool:
    """Whether all that is left to do is to make the files of results."""
    if job.undo is not None and job.progress is not None:
        return job.undo.slices == job.progress.slices
    return job.state == "finishing"


def _files_left(job: Import) -> int:
    progress = progress_of(job)
    return results.files_of(progress.slices) - progress.files


def _make_files(job: Import, until: float) -> Import:
    while _files_left(job):
        progress = progress_of(job)
        results.make_file(job, kind_of(job), progress.files, progress.slices)
        after = progress.model_copy(update={"files": progress.files + 1})
        job = _checkpoint(with_progress(job, after))
        if time.monotonic() > until:
            break
    return job
