"""The worker of the jobs queue: takes long jobs on, a bounded step at a time.

A job is an entity with a `step`. Each step does some minutes of work at most, and commits in one transaction
how far it came and, unless it is done, the event that brings the next step. The one place that knows which
feature answers for which kind of job.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from chalice.app import Blueprint
from pydantic import ConfigDict, ValidationError

from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.kernel.events import Published
from chalicelib.kernel.model import Model
from chalicelib.kernel.work import Work
from chalicelib.kernel.workers import Job, queue_worker

worker = Blueprint(__name__)

STEPS = {
    "art": "chalicelib.knowledge.indexing",
    "era": "chalicelib.privacy.erasing",
    "exp": "chalicelib.transfer.exporting",
    "fim": "chalicelib.feedback.history",
    "imp": "chalicelib.transfer.running",
    "org": "chalicelib.customers.members",
    "prt": "chalicelib.portal.entering",
    "ret": "chalicelib.privacy.retaining",
    "sar": "chalicelib.privacy.collecting",
    "sug": "chalicelib.suggestions.merging",
    "tel": "chalicelib.suggestions.telling",
}
"""Whose `step` takes those of a job, by the prefix of its id; imported with the first of its kind."""


def step_of(kind: str) -> Callable[[Work, str, int], None] | None:
    """What takes a step of such a job: its Work, its id, the step's number."""
    if kind not in STEPS:
        return None
    step: Callable[[Work, str, int], None] = import_module(STEPS[kind]).step
    return step


class _Next(Model):
    model_config = ConfigDict(extra="ignore")
    job_id: str
    step: int


@queue_worker(worker, batch_size=1)
def jobs(job: Job) -> None:
    """Take one step of a job. A step of what is gone does nothing; one that was taken before is a repeat."""
    try:
        following = _Next.model_validate(Published.of(job.body).data)
    except ValidationError:
        raise Invalid("This is no step of a job.", code="unreadable_step") from None
    take = step_of(following.job_id.partition("_")[0])
    if take is None:
        raise Invalid("There is no job of that kind.", code="unknown_job")
    try:
        take(job.work, following.job_id, following.step)
    except NotFound:
        return
