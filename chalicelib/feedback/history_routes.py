"""Imports of historic responses over HTTP."""

from __future__ import annotations

from chalicelib.feedback import history
from chalicelib.feedback.history_model import CreatedHistory, History, HistoryId, NewHistory
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work

routes = Routes("Feedback", __name__)


FOUND_AT = "/v1/feedback/imports/{id}"


@routes.post("/v1/feedback/imports", scope="feedback:write", status=201, location=FOUND_AT, secret=True)
def create_feedback_import(body: NewHistory, work: Work) -> CreatedHistory:
    """Create an import of historic responses. PUT the file, CSV of up to 5 GB, to the URL that this answers.

    Separator, quoting and encoding are found out. Responses keep their time; nobody is told of them as news.
    409 `anonymous_survey`, 422 `wrong_kind` when the survey is defined and has no such responses.
    """
    return history.create(work, body)


@routes.post("/v1/feedback/imports/{import_id}/start", scope="feedback:write")
def start_feedback_import(import_id: HistoryId, work: Work) -> History:
    """Start it. 409 `not_uploaded` before the upload; 422 for a file without the columns that were named."""
    return history.start(work, import_id)


@routes.get("/v1/feedback/imports/{import_id}", scope="feedback:read")
def read_feedback_import(import_id: HistoryId) -> History:
    """Read how far it is, and why rows were rejected."""
    return history.get(import_id)
