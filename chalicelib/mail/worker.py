"""The workers of mail: one sends what was queued, one files what became of what was sent."""

from __future__ import annotations

from chalice.app import Blueprint
from pydantic import ConfigDict, ValidationError

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.model import Model
from chalicelib.kernel.workers import Job, batch_worker, queue_worker
from chalicelib.mail import deliveries, sending

worker = Blueprint(__name__)


class _Data(Model):
    model_config = ConfigDict(extra="ignore")
    message_id: str


class _Detail(Model):
    model_config = ConfigDict(extra="ignore")
    data: _Data


class _Queued(Model):
    """The bus's message about a `mail.queued` event, as far as it matters here."""

    model_config = ConfigDict(extra="ignore")
    detail: _Detail


@queue_worker(worker, batch_size=5)
def outbound_mail(job: Job) -> None:
    """Send the mail that an event says was queued."""
    try:
        queued = _Queued.model_validate_json(job.body)
    except ValidationError:
        raise Invalid("This is no event about a queued mail.", code="unreadable_event") from None
    sending.send(job.work, queued.detail.data.message_id)


@batch_worker(worker)
def mail_events(jobs: list[Job]) -> None:
    """File delivery, bounce and complaint notices."""
    for job in jobs:
        with job.attempt() as work:
            deliveries.file(work, job.body)
