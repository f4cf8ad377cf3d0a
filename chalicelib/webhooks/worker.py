"""The worker of the webhooks queue: events that somebody may hear of, and tries that are due."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.kernel.workers import Job, queue_worker
from chalicelib.webhooks import delivering

worker = Blueprint(__name__)


@queue_worker(worker, batch_size=5)
def webhooks(job: Job) -> None:
    """Hand an event on, or try once; five tries of ten seconds fit in the worker's minute."""
    delivering.take(job.work, job.body)
