"""What can be done with exports: long jobs (exporting.py), and a link to the file of each."""

from __future__ import annotations

from datetime import timedelta

from chalicelib.customers import service as customers
from chalicelib.kernel import blobs, ids
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.work import Work
from chalicelib.transfer import export_store as store
from chalicelib.transfer.columns import default_columns
from chalicelib.transfer.export_events import (
    ExportCancelled,
    ExportRequested,
)
from chalicelib.transfer.export_model import Download, Export, NewExport, StoredExport

LINK_SECONDS = 900


def request(work: Work, new: NewExport) -> Export:
    """Begin an export."""
    export = StoredExport(
        id=ids.new_id("exp", work.now),
        version=1,
        state="queued",
        requested_by=work.principal.actor or work.principal.id,
        created_at=work.now,
        updated_at=work.now,
        format=new.format,
        filter=new.filter,
        fields=new.fields or default_columns(customers.definitions()),
    )
    store.add(work, export)
    event = ExportRequested(job_id=export.id, step=0, format=new.format)
    private = {"filter": new.filter.model_dump(mode="json", exclude_none=True), "fields": export.fields}
    work.record(store.partition(export.id), event, private=private)
    return shown(export)


def shown(export: StoredExport) -> Export:
    """The export without what only its steps need."""
    return Export.model_validate(export.model_dump(include=set(Export.model_fields)))


def get(export_id: str) -> Export:
    """Raises NotFound."""
    return shown(store.get(export_id))


def newest(*, limit: int, after: str | None) -> tuple[list[Export], str | None]:
    """A page of exports, newest first."""
    return store.newest(limit=limit, after=after)


def cancel(work: Work, export_id: str) -> Export:
    """Stop an export; a step on its way writes nothing any more. Raises NotFound, Conflict `finished`."""
    export = store.get(export_id)
    work.check_version(export.version)
    if export.state == "cancelled":
        return shown(export)
    if export.state not in ("queued", "running"):
        raise Conflict("This export has ended.", code="finished")
    after = store.change(work, export, state="cancelled", finished_at=work.now)
    work.record(store.partition(export.id), ExportCancelled(export_id=export.id))
    return shown(after)


def download(export_id: str) -> Download:
    """A link to the file, for 15 minutes. Raises NotFound, Conflict `not_finished`, `file_gone`."""
    export = store.get(export_id)
    if export.state != "finished" or export.available_until is None:
        raise Conflict("This export has no file, or not yet.", code="not_finished", state=export.state)
    if export.available_until <= ids.now():
        raise NotFound("The file was deleted after 30 days.", code="file_gone")
    filename = f"customers-{export.created_at:%Y-%m-%d}.{export.format}"
    url = blobs.link(export.file_key, seconds=LINK_SECONDS, filename=filename, bucket=settings().files_bucket)
    return Download(url=url, expires_at=ids.now() + timedelta(seconds=LINK_SECONDS))
