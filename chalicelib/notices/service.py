"""What staff can say about their notices. What sends them: telling.py."""

from __future__ import annotations

from chalicelib.access import service as access
from chalicelib.kernel import patches
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.events import changes
from chalicelib.kernel.work import Work
from chalicelib.notices import store
from chalicelib.notices.events import NoticesChanged
from chalicelib.notices.model import Notices, NoticesPatch


def get(staff_id: str) -> Notices:
    """Of what somebody is told: one call. Raises NotFound."""
    found = store.people([staff_id])
    if staff_id not in found:
        raise NotFound("There is nobody on the staff with that id.", code="no_such_staff")
    return found[staff_id].notices


def change(work: Work, staff_id: str, patch: NoticesPatch) -> Notices:
    """Apply a merge patch. Raises NotFound, Stale."""
    before = get(staff_id)
    work.check_version(before.version)
    given = patches.given(patch)
    changed = patches.changed(before, given)
    if not changed:
        return before
    after = before.model_copy(update=given | {"version": before.version + 1})
    store.replace(work, staff_id, after)
    event = NoticesChanged(staff_id=staff_id, changed=changed)
    work.record(access.staff_key(staff_id).pk, event, private=changes(before, after, changed))
    return after
