"""The worker of the notices queue: events that somebody on the staff may have to be told of."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.kernel.events import Published
from chalicelib.kernel.workers import Job, queue_worker
from chalicelib.notices import telling

worker = Blueprint(__name__)


@queue_worker(worker)
def notices(job: Job) -> None:
    """Tell those whom an event concerns, each once, unless it is out of date."""
    telling.tell(job.work, Published.of(job.body))
