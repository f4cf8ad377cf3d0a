"""Batches and imports over HTTP."""

from __future__ import annotations

from chalicelib.kernel.http.batches import Batch
from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work
from chalicelib.transfer import analysing, imports
from chalicelib.transfer import batch as batches
from chalicelib.transfer.batch import BatchResult, NewBatch
from chalicelib.transfer.import_model import ImportId, RowOutcome, Setup
from chalicelib.transfer.import_views import (
    AnalyseImport,
    Analysis,
    CreatedImport,
    ImportView,
    NewImport,
    Results,
    ResultsQuery,
    RowQuery,
)

routes = Routes("Imports", __name__)


@routes.post("/v1/customers/batch", scope="customers:write")
def upsert_customers(body: NewBatch, batch: Batch) -> BatchResult:
    """Create or add to up to 100 customers, each row with its own outcome.

    A row's identities say who is meant: nobody known is created, one customer is added to, and a row whose
    identities belong to different customers is rejected as `ambiguous`. A rejected row holds up no other.
    Under an `Idempotency-Key` each row is done once, also when the request was cut off midway.
    """
    return batches.upsert_batch(batch, body)


@routes.post("/v1/imports", scope="imports:write", status=201, location="/v1/imports/{id}", secret=True)
def create_import(body: NewImport, work: Work) -> CreatedImport:
    """Create an import. PUT the file, CSV or JSON Lines of up to 5 GB, to the URL that this answers."""
    return imports.create(work, body)


@routes.get("/v1/imports", scope="imports:read")
def list_imports(query: PageParameters) -> Page[ImportView]:
    """List imports, newest first. Lags a moment."""
    data, position = imports.newest(limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.get("/v1/imports/{import_id}", scope="imports:read")
def read_import(import_id: ImportId) -> ImportView:
    """Read how far an import is."""
    return imports.get(import_id)


@routes.post("/v1/imports/{import_id}/analyse", scope="imports:write")
def analyse_import(import_id: ImportId, body: AnalyseImport, work: Work) -> Analysis:
    """Analyse the uploaded file: how it is written, and what its columns likely hold.

    What you give is taken as it is, the rest is found out. 409 `not_uploaded` before the upload; 422 for a
    file that is no text, such as a ZIP archive or a workbook.
    """
    return analysing.analyse(work, import_id, body)


@routes.post("/v1/imports/{import_id}/start", scope="imports:write")
def start_import(import_id: ImportId, body: Setup, work: Work) -> ImportView:
    """Start an import, or a dry run of it, with your mapping of columns to fields."""
    return imports.start(work, import_id, body)


@routes.post("/v1/imports/{import_id}/cancel", scope="imports:write")
def cancel_import(import_id: ImportId, work: Work) -> ImportView:
    """Cancel an import. What it did so far stays, and can be undone."""
    return imports.cancel(work, import_id)


@routes.post("/v1/imports/{import_id}/undo", scope="imports:write")
def undo_import(import_id: ImportId, work: Work) -> ImportView:
    """Undo an import: delete whom it created, give back the old values. What changed since is left.

    409 `too_late` 29 days after it was started.
    """
    return imports.undo(work, import_id)


@routes.get("/v1/imports/{import_id}/rows", scope="imports:read")
def list_import_rows(import_id: ImportId, query: RowQuery) -> Page[RowOutcome]:
    """List what became of the rows, as far as the import is. A page may be short and still have a next."""
    data, position = imports.rows(import_id, query.of, query.outcome, limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.get("/v1/imports/{import_id}/results", scope="imports:read", secret=True)
def read_import_results(import_id: ImportId, query: ResultsQuery) -> Results:
    """Get links to the files with every row's outcome, once the import is over."""
    return imports.links(import_id, query.of)
