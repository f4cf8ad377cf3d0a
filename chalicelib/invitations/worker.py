"""The worker of the invitations queue: what may be an occasion to invite, and invitations that are due."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.invitations import occasions, sending
from chalicelib.kernel.events import Published
from chalicelib.kernel.workers import Job, queue_worker

worker = Blueprint(__name__)


@queue_worker(worker)
def invitations(job: Job) -> None:
    """Make the invitations of an occasion, or take the step of one that is due; each once."""
    event = Published.of(job.body)
    if event.type == "invitation.due":
        invitation_id, survey, due_at = (
            str(event.data.get(name)) for name in ("invitation_id", "survey", "due_at")
        )
        sending.take(job.work, invitation_id, survey, due_at)
    else:
        occasions.invite(job.work, event)
