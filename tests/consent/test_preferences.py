"""Preferences: wishes beside what is allowed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api
from tests.cloud import Cloud
from tests.consent.statements import customer, merge


def test_they_begin_empty_and_are_patched(api: Api) -> None:
    url = customer(api)
    empty = api.get(f"{url}/preferences")
    assert empty.ok()["version"] == 0
    assert empty.headers["ETag"] == '"0"'
    wishes = {"preferred_channel": "phone", "contact_from": "17:30", "contact_to": "20:00"}
    first = api.patch(f"{url}/preferences", wishes | {"interests": ["looms", "looms"]}).ok()
    assert first == {"customer_id": first["customer_id"], "version": 1, **wishes, "interests": ["looms"]}
    after = api.patch(f"{url}/preferences", {"contact_from": None}).ok()
    assert (after["version"], after["contact_from"], after["contact_to"]) == (2, None, "20:00")
    assert api.get(f"{url}/preferences").ok() == after
    api.patch(f"{url}/preferences", {"interests": []}, If_Match='"1"').problem(412, "stale")
    entry = api.get(f"{url}/timeline?type=preferences").ok()["data"][0]
    assert entry["data"]["changed"] == ["contact_from"]
    assert entry["details"]["changes"] == {"contact_from": {"from": "17:30", "to": None}}


@pytest.mark.parametrize("wrong", [{"contact_from": "24:00"}, {"preferred_channel": "pigeon"}, {"x": 1}])
def test_what_is_wrong_is_refused(api: Api, wrong: dict[str, Any]) -> None:
    api.patch(f"{customer(api)}/preferences", wrong).problem(422, "invalid")


def test_of_merged_customers_the_survivor_is_asked(api: Api, cloud: Cloud) -> None:
    survivor, loser = customer(api), customer(api)
    merge(api, survivor, loser)
    api.patch(f"{loser}/preferences", {"preferred_channel": "sms"}).ok()
    assert api.get(f"{survivor}/preferences").ok()["preferred_channel"] == "sms"


def test_nobody_has_none(api: Api) -> None:
    nobody = "/v1/customers/cus_01J00000000000000000000000/preferences"
    api.get(nobody).problem(404, "no_such_customer")
    api.patch(nobody, {"interests": ["x"]}).problem(404, "no_such_customer")
