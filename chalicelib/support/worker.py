"""Temporary."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue="placeholder", batch_size=5, name="inbound_mail")
def inbound_mail(event: Any) -> dict[str, Any]:
    print("inbound_mail", len(event.to_dict()["Records"]))
    return {"batchItemFailures": []}


