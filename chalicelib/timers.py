"""The worker of the timers queue: sets the timers that events ask for, and wakes what they were set for.

The one place that knows which feature answers for which kind of entity.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from chalice.app import Blueprint
from pydantic import ValidationError

from chalicelib.followups import reminders as followups
from chalicelib.invitations import service as invitations
from chalicelib.kernel import timers as clockwork
from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.kernel.timers import Request, Wake
from chalicelib.kernel.work import Work
from chalicelib.kernel.workers import Job, queue_worker
from chalicelib.mail import queueing
from chalicelib.privacy import erasing, retaining
from chalicelib.support import service as support
from chalicelib.tasks import reminders
from chalicelib.webhooks import delivering

worker = Blueprint(__name__)

WAKES: dict[str, Callable[[Work, str, datetime], None]] = {
    "tkt": support.wake,
    "tsk": reminders.wake,
    "fup": followups.wake,
    "msg": queueing.wake,
    "era": erasing.wake,
    "ret": retaining.wake,
    "dlv": delivering.wake,
    "inv": invitations.wake,
}
"""By the prefix of the entity's id."""


@queue_worker(worker)
def timers(job: Job) -> None:
    """Set or fire a timer. A timer for what is gone, or for another time than now is due, does nothing."""
    try:
        asked = "detail" in json.loads(job.body)
        wake = Request.model_validate_json(job.body).wake if asked else Wake.model_validate_json(job.body)
    except (ValidationError, ValueError, TypeError):
        raise Invalid("This is no timer.", code="unreadable_timer") from None
    if asked:
        clockwork.schedule(wake, now=job.work.now)
        return
    answerable = WAKES.get(wake.wake_id.partition("_")[0])
    if answerable is None:
        raise Invalid("Nothing of that kind can be woken.", code="unknown_timer")
    try:
        answerable(job.work, wake.wake_id, max(wake.wake_at, job.work.now))
    except NotFound:
        return
