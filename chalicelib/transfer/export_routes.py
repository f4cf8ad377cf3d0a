"""Exports over HTTP."""

from __future__ import annotations

from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work
from chalicelib.transfer import exports
from chalicelib.transfer.export_model import Download, Export, ExportId, NewExport

routes = Routes("Exports", __name__)


@routes.post("/v1/exports", scope="exports:write", status=201, location="/v1/exports/{id}")
def request_export(body: NewExport, work: Work) -> Export:
    """Export customers, all or those a filter takes, to a file. It is written in the background."""
    return exports.request(work, body)


@routes.get("/v1/exports", scope="exports:read")
def list_exports(query: PageParameters) -> Page[Export]:
    """List exports, newest first."""
    data, position = exports.newest(limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.get("/v1/exports/{export_id}", scope="exports:read")
def read_export(export_id: ExportId) -> Export:
    """See how far an export came: rows so far, how fast, and how many customers remain to be read."""
    return exports.get(export_id)


@routes.get("/v1/exports/{export_id}/download", scope="exports:read", secret=True)
def download_export(export_id: ExportId) -> Download:
    """Get a link to the file, which works for 15 minutes. The file is kept for 30 days."""
    return exports.download(export_id)


@routes.post("/v1/exports/{export_id}/cancel", scope="exports:write")
def cancel_export(export_id: ExportId, work: Work) -> Export:
    """Stop an export. 409 when it has ended."""
    return exports.cancel(work, export_id)
