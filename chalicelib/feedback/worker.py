"""Stores the responses that POST /v1/feedback sent to the queue."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.feedback.intake import Intake, read
from chalicelib.feedback.model import Submission
from chalicelib.kernel.workers import Job, batch_worker

worker = Blueprint(__name__)


@batch_worker(worker, batch_size=10)
def feedback_worker(jobs: list[Job]) -> None:
    """One reading and one transaction a batch, unless messages repeat or meet another worker's."""
    readable: list[tuple[Job, Submission]] = []
    for job in jobs:
        with job.attempt():
            readable.append((job, read(job.body)))
    intake = Intake([submission for _, submission in readable])
    for job, submission in readable:
        with job.attempt() as work:
            intake.receive(work, submission)
