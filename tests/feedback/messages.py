"""Queue messages with responses, made without the API, so that a test can choose their time."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from chalicelib.feedback.model import NewFeedback, Submission
from chalicelib.kernel import ids


def message(at: datetime | None = None, identifier: str | None = None, **response: Any) -> dict[str, Any]:
    """A message as SQS gives it; without a kind, an NPS of 9."""
    at = at or ids.now()
    submission = Submission(
        version=1,
        id=identifier or ids.new_id("fbk", at),
        submitted_at=at,
        submitted_by="key_test",
        response=NewFeedback.model_validate({"kind": "nps", "score": 9} | response),
    )
    return raw_message(submission.model_dump_json())


def raw_message(body: str) -> dict[str, Any]:
    return {"MessageId": str(uuid.uuid4()), "Body": body}
