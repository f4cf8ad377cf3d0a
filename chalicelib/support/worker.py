"""The worker of the inbound mail queue: `mail` reads what came, `support` decides what it means."""

from __future__ import annotations

from chalice.app import Blueprint

from chalicelib.kernel.workers import Job, queue_worker
from chalicelib.mail.notices.receipts import read_receipt
from chalicelib.support import inbound

worker = Blueprint(__name__)


@queue_worker(worker, batch_size=5)
def inbound_mail(job: Job) -> None:
    """File the mail that a receipt announces."""
    receipt = read_receipt(job.body)
    if receipt is not None:
        inbound.file_everywhere(job.work, receipt)
