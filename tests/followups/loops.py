"""Responses that want an answer, and the follow-ups they open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.api import Api
from tests.cloud import Cloud

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)


def respond(api: Api, cloud: Cloud, **response: Any) -> str:
    """Give a response, and let everything happen that follows; its id."""
    given = {
        "survey": "after-delivery",
        "kind": "nps",
        "score": 2,
        "comment": "The loom came broken.",
        **response,
    }
    feedback_id = api.post("/v1/feedback", given).ok(202)["id"]
    cloud.pump()
    return str(feedback_id)


def opened(api: Api, cloud: Cloud, **response: Any) -> Any:
    """The follow-up that a response opens by rule."""
    feedback_id = respond(api, cloud, **response)
    [one] = [one for one in listed(api, state="all") if one["feedback_id"] == feedback_id]
    return one


def listed(api: Api, **query: str) -> list[Any]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return list(api.get(f"/v1/followups?{asked}&limit=100").ok()["data"])


def path(one: Any) -> str:
    return f"/v1/followups/{one['id']}"
