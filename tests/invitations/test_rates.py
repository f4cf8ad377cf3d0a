"""How many of those who were invited answered, apart by channel, language and stage."""

from __future__ import annotations

from typing import Any

from chalicelib.feedback import recounting
from tests.api import Api
from tests.cloud import Cloud
from tests.invitations.inviting import customer, invite, look, path, send
from tests.surveys.making import published


def _rates(api: Api, dimension: str) -> dict[str, Any]:
    groups = api.get(f"/v1/feedback/stats/{dimension}?survey=delivery").ok()["groups"]
    return {one["value"]: one["invitations"] for one in groups}


def test_who_answered_apart_by_channel_language_and_stage(api: Api, cloud: Cloud) -> None:
    published(api)
    cy = customer(api, "Cy", locale="en-GB", stage="prospect")
    bo = customer(api, "Bo", stage="customer")
    ada = customer(api, "Ada", locale="de-AT", stage="customer")
    for person in (cy, bo, ada):
        invite(api, cloud, person)
    where = f"{path()}?score=3"
    send(where, look(where), score=3, reason="late", comment="Die Lieferung war zu spät, sehr schade.")
    cloud.pump(twice=True)

    def told(invited: int, answered: int, rate: float) -> dict[str, Any]:
        return {"invited": invited, "answered": answered, "rate": rate}

    assert _rates(api, "channel") == {"email": told(3, 1, 33.3)}
    assert _rates(api, "language") == {"de": told(1, 1, 100.0), "en": told(2, 0, 0.0)}
    by_stage = {"customer": told(2, 1, 50.0), "prospect": told(1, 0, 0.0)}
    assert _rates(api, "stage") == by_stage
    assert _rates(api, "theme") == {"lieferung": None}, "an invitation is about nothing yet"
    assert recounting.recount() == (0, 0)
    assert _rates(api, "stage") == by_stage
