"""Temporary."""

from __future__ import annotations

from typing import Any

from chalice.app import Blueprint

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue="placeholder", batch_size=10, name="timers")
def timers(event: Any) -> dict[str, Any]:
    print("timers", len(event.to_dict()["Records"]))
    return {"batchItemFailures": []}


