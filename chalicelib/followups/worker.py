"""The worker of the follow-ups queue: responses, and what became of the mails that tell customers."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.followups import opening, telling
from chalicelib.kernel.events import Published
from chalicelib.kernel.workers import Job, queue_worker

worker = Blueprint(__name__)


@queue_worker(worker)
def follow_up(job: Job) -> None:
    """Open the follow-up of a response, once, or take down whether its customer was told."""
    event = Published.of(job.body)
    if event.type == "feedback.received":
        opening.by_rule(job.work, event)
    elif event.data.get("sent_for"):
        telling.heard(job.work, event)
