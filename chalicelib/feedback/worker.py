"""Stores the responses that POST /v1/feedback sent to the queue, and those that came by mail."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.feedback import by_mail, intake
from chalicelib.feedback.model import Submission
from chalicelib.kernel.workers import Job, batch_worker

worker = Blueprint(__name__)


@batch_worker(worker, batch_size=10)
def feedback_worker(jobs: list[Job]) -> None:
    """One reading and one transaction a batch, unless messages repeat or meet another worker's.

    A mail to a feedback mailbox comes as its event, and is read first.
    """
    readable: list[tuple[Job, Submission]] = []
    for job in jobs:
        with job.attempt():
            read = by_mail.read_event if by_mail.is_event(job.body) else intake.read
            readable.append((job, read(job.body)))
    taken = intake.Intake([submission for _, submission in readable])
    for job, submission in readable:
        with job.attempt() as work:
            taken.receive(work, submission)
