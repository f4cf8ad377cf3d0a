"""The worker of the jobs queue: takes long jobs on, a bounded step at a time.

A job is an entity with a `step`. Each step does some minutes of work at most, and commits in one transaction
how far it came and, unless it is done, the event that brings the next step. The one place that knows which
feature answers for which kind of job.
"""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Blueprint
from pydantic import ConfigDict, ValidationError

from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.kernel.events import Published
from chalicelib.kernel.model import Model
from chalicelib.kernel.work import Work
from chalicelib.kernel.workers import Job, queue_worker

worker = Blueprint(__name__)

Step = Callable[[Work, str, int], None]


def step_of(kind: str) -> Step | None:  # noqa: C901 - a table, whose features are imported late
    """Who takes the steps of a kind of job, which is the prefix of its id."""
    match kind:
        case "art":
            from chalicelib.knowledge import indexing

            return indexing.step
        case "era":
            from chalicelib.privacy import erasing

            return erasing.step
        case "exp":
            from chalicelib.transfer import exporting

            return exporting.step
        case "fim":
            from chalicelib.feedback import history

            return history.take_step
        case "imp":
            from chalicelib.transfer import running

            return running.take_step
        case "org":
            from chalicelib.customers import members

            return members.empty
        case "prt":
            from chalicelib.portal import entering

            return entering.step
        case "ret":
            from chalicelib.privacy import retaining

            return retaining.step
        case "sar":
            from chalicelib.privacy import collecting

            return collecting.step
        case "sug":
            from chalicelib.suggestions import merging

            return merging.step
        case "tel":
            from chalicelib.suggestions import telling

            return telling.step
    return None


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
