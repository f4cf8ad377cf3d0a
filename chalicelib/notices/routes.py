"""Notices over HTTP: of what a member of staff is told by mail."""

from __future__ import annotations

from chalicelib.access.model import StaffId
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work
from chalicelib.notices import service as notices
from chalicelib.notices.model import Notices, NoticesPatch

routes = Routes("Staff", __name__)


@routes.get("/v1/staff/{staff_id}/notices", scope="staff:read")
def read_notices(staff_id: StaffId) -> Notices:
    """Read of what a member of staff is told by mail."""
    return notices.get(staff_id)


@routes.patch("/v1/staff/{staff_id}/notices", scope="staff:write")
def change_notices(staff_id: StaffId, body: NoticesPatch, work: Work) -> Notices:
    """Turn kinds of notices off, or on again."""
    return notices.change(work, staff_id, body)
