"""Temporary."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue="placeholder", batch_size=5, name="outbound_mail")
def outbound_mail(event: Any) -> dict[str, Any]:
    print("outbound_mail", len(event.to_dict()["Records"]))
    return {"batchItemFailures": []}


@blueprint.on_sqs_message(queue="placeholder", batch_size=10, name="mail_events")
def mail_events(event: Any) -> dict[str, Any]:
    print("mail_events", len(event.to_dict()["Records"]))
    return {"batchItemFailures": []}


