"""The items of imports of history, and where their files lie."""

from __future__ import annotations

from chalicelib.feedback.history_model import Job
from chalicelib.kernel import table
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.table import Item, Key


def partition(import_id: str) -> str:
    """The partition of an import, and of its events."""
    return f"FIM#{import_id}"


def source(import_id: str) -> str:
    """Where its file lies, in the bucket of files."""
    return f"imports/{import_id}/source"


def item(job: Job) -> Item:
    return {**Key(partition(job.id), "IMPORT")._asdict(), **job.model_dump(mode="json", exclude_none=True)}


def get(import_id: str) -> Job:
    """Raises NotFound `no_such_import`."""
    found = table.get(Key(partition(import_id), "IMPORT"))
    if found is None:
        raise NotFound("There is no such import.", code="no_such_import")
    return Job.model_validate(found, strict=False)
