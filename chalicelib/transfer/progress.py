"""Which of its two ways a job goes, forth or back, and how far it is."""

from __future__ import annotations

from chalicelib.transfer import import_store as store
from chalicelib.transfer.import_model import Import, Progress


def kind_of(job: Import) -> store.Kind:
    """Whether it is the import that goes on, or its undoing."""
    return "undo" if job.undo is not None else "import"


def progress_of(job: Import) -> Progress:
    """How far that is."""
    found = job.undo or job.progress
    assert found is not None
    return found


def with_progress(job: Import, progress: Progress) -> Import:
    """The job with its progress, or that of its undoing, replaced."""
    return job.model_copy(update={"undo" if kind_of(job) == "undo" else "progress": progress})
