"""The workers of mail: two send what was queued, one files what became of what was sent."""

from __future__ import annotations

from chalice.app import Blueprint
from pydantic import ConfigDict, ValidationError

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.model import Model
from chalicelib.kernel.workers import Job, batch_worker, queue_worker
from chalicelib.mail import deliveries, engaging, sending
from chalicelib.mail.notices.engagements import read_engagement
from chalicelib.mail.pacing import Kind, pacer

worker = Blueprint(__name__)


class _Data(Model):
    model_config = ConfigDict(extra="ignore")
    message_id: str


class _Detail(Model):
    model_config = ConfigDict(extra="ignore")
    data: _Data


class _Queued(Model):
    """The bus's message about a `mail.queued` or `mail.due` event, as far as it matters here."""

    model_config = ConfigDict(extra="ignore")
    detail: _Detail


@queue_worker(worker, batch_size=5)
def outbound_mail(job: Job) -> None:
    """Send the mail that an event says was queued: an answer or a notice."""
    _send(job, "others")


@queue_worker(worker, batch_size=5)
def outbound_campaigns(job: Job) -> None:
    """Send the mail on a topic that an event says was queued."""
    _send(job, "campaigns")


def _send(job: Job, kind: Kind) -> None:
    try:
        queued = _Queued.model_validate_json(job.body)
    except ValidationError:
        raise Invalid("This is no event about a queued mail.", code="unreadable_event") from None
    sending.send(job.work, queued.detail.data.message_id, pacer(kind))


@batch_worker(worker)
def mail_events(jobs: list[Job]) -> None:
    """File what SES tells of sent mails: deliveries, bounces, complaints, opens and clicks."""
    for job in jobs:
        with job.attempt() as work:
            engagement = read_engagement(job.body)
            if engagement:
                engaging.file(work, engagement)
            else:
                deliveries.file(work, job.body)
