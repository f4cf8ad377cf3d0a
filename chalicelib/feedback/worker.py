"""Temporary."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue="placeholder", batch_size=10, name="feedback_worker")
def feedback_worker(event: Any) -> dict[str, Any]:
    print("feedback_worker", len(event.to_dict()["Records"]))
    return {"batchItemFailures": []}


