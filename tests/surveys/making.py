"""Surveys, defined and published, for tests."""

from __future__ import annotations

from typing import Any

from tests.api import Api

REASON = {
    "id": "reason",
    "type": "choice",
    "text": {"en": "What went wrong?", "de": "Was ging schief?"},
    "options": [
        {"id": "late", "text": {"en": "It was late", "de": "Zu spät"}},
        {"id": "broken", "text": {"en": "It was broken"}},
    ],
    "when": {"question": "score", "at_most": 6},
    "required": True,
}
SPEED = {"id": "speed", "type": "rating", "text": {"en": "How was the speed?"}}
DELIVERY: dict[str, Any] = {
    "key": "delivery",
    "name": "After delivery",
    "kind": "nps",
    "texts": {
        "en": {"title": "Your delivery", "comment": "Anything to add?", "thanks": "Thank you so much."},
        "de": {"title": "Ihre Lieferung"},
    },
    "questions": [REASON, SPEED],
}


def published(api: Api, **change: Any) -> dict[str, Any]:
    """A survey that can be answered, with these fields instead of the usual ones."""
    body = DELIVERY | change
    api.post("/v1/surveys", body).ok(201)
    made: dict[str, Any] = api.post(f"/v1/surveys/{body['key']}/publish").ok()
    return made
