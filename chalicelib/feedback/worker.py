"""Stores the responses that POST /v1/feedback sent to the queue, those of pages, and those by mail."""

from __future__ import annotations

import json

from chalice.app import Blueprint

from chalicelib.feedback import by_page, engines, intake
from chalicelib.feedback.by_page import Taken
from chalicelib.feedback.model import Submission
from chalicelib.kernel.workers import Job, batch_worker

worker = Blueprint(__name__)


def _read(body: str, taken: Taken) -> Submission:
    """The response in a queue message, or in the mail or the page that an event of the bus tells of."""
    if by_page.tells(body):
        return by_page.read_event(body, taken)
    if '"detail-type"' in body and _is_event(body):
        from chalicelib.feedback import by_mail  # brings all of mail, which most workers never need

        return by_mail.read_event(body)
    return intake.read(body)


def _is_event(body: str) -> bool:
    try:
        message = json.loads(body)
    except ValueError:
        return False
    return isinstance(message, dict) and "detail-type" in message


@batch_worker(worker, batch_size=10)
def feedback_worker(jobs: list[Job]) -> None:
    """One reading and one transaction a batch, unless messages repeat or meet another worker's.

    A mail to a feedback mailbox comes as its event, and is read first; so do the responses of pages, all of
    a batch in one call.
    """
    handed_in = by_page.handed_in(job.body for job in jobs)
    readable: list[tuple[Job, Submission]] = []
    for job in jobs:
        with job.attempt():
            readable.append((job, _read(job.body, handed_in)))
    submissions = [submission for _, submission in readable]
    taken = intake.Intake(submissions)
    understood = engines.understand_all([submission.response for submission in submissions])
    for (job, submission), understanding in zip(readable, understood, strict=True):
        with job.attempt() as work:
            taken.receive(work, submission, understanding)
            if submission.id in handed_in:
                by_page.settle(work, submission.id)
