"""The worker of the jobs queue: takes long jobs on, a bounded step at a time.

A job is an entity with a `step`. Each step does some minutes of work at most, and commits in one transaction
how far it came and, unless it is done, the event that brings the next step. The one place that knows which
feature answers for which kind of job.
"""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Blueprint
from pydantic import ConfigDict, ValidationError

from chalicelib.customers import members
from chalicelib.feedback import history
from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.kernel.events import Published
from chalicelib.kernel.model import Model
from chalicelib.kernel.work import Work
from chalicelib.kernel.workers import Job, queue_worker
from chalicelib.knowledge import indexing as articles
from chalicelib.portal import entering
from chalicelib.privacy import collecting, erasing, retaining
from chalicelib.suggestions import merging as suggestions
from chalicelib.suggestions import telling
from chalicelib.transfer import exporting as exports
from chalicelib.transfer import running as imports

worker = Blueprint(__name__)

STEPS: dict[str, Callable[[Work, str, int], None]] = {
    "art": articles.step,
    "era": erasing.step,
    "exp": exports.step,
    "fim": history.take_step,
    "imp": imports.take_step,
    "org": members.empty,
    "prt": entering.step,
    "ret": retaining.step,
    "sar": collecting.step,
    "sug": suggestions.step,
    "tel": telling.step,
}
"""By the prefix of the job's id."""


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
    take = STEPS.get(following.job_id.partition("_")[0])
    if take is None:
        raise Invalid("There is no job of that kind.", code="unknown_job")
    try:
        take(job.work, following.job_id, following.step)
    except NotFound:
        return
