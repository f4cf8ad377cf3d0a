"""The worker of this feature's queue."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.kernel.events import Published
from chalicelib.kernel.workers import Job, batch_worker

worker = Blueprint(__name__)


@batch_worker(worker)
def index_customers(jobs: list[Job]) -> None:
    """Bring the index entries of customers up to date."""
    for job in jobs:
        with job.attempt():
            Published.of(job.body)
