"""Undoing an import of whom somebody was erased since, or is about to be: nobody comes back."""

from __future__ import annotations

from typing import Any

from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import outbox
from tests.transfer.files import drive, profiles, rows, run, state, undo

FILE = "name,email\nAda King,ada@example.org\nBob,bob@example.org\nCleo,cleo@example.org\n"


def imported(api: Api, cloud: Cloud) -> tuple[str, dict[str, str]]:
    """An import that changed Ada and made Bob and Cleo known; the ids of them by name."""
    api.post("/v1/customers", {"name": "Ada", "emails": ["ada@example.org"]}).ok(201)
    found = run(api, cloud, FILE)
    assert found["counts"] == {"updated": 1, "created": 2}
    return found["id"], {one["name"].split()[0]: one["id"] for one in profiles(cloud).values()}


def ask_for_erasure(api: Api, customer_id: str) -> None:
    api.post(f"/v1/customers/{customer_id}/erasure", {"confirm": customer_id}).ok(201)


def told(api: Api, identifier: str) -> dict[int, Any]:
    return {one["row"]: one for one in rows(api, identifier, "&of=undo")}


def test_who_was_erased_is_gone_and_the_others_are_taken_back(api: Api, cloud: Cloud) -> None:
    identifier, ids = imported(api, cloud)
    for name in ("Ada", "Bob"):
        ask_for_erasure(api, ids[name])
    cloud.pump(rounds=40)
    assert undo(api, cloud, identifier)["undone"] == {"left": 2, "deleted": 1}
    assert [told(api, identifier)[row]["code"] for row in (1, 2, 3)] == ["gone", "gone", None]
    assert profiles(cloud) == {}


def test_who_is_about_to_be_erased_is_left_to_that(api: Api, cloud: Cloud) -> None:
    """Deleted by the undoing, their address would be free before it is suppressed."""
    identifier, ids = imported(api, cloud)
    for name in ("Ada", "Bob"):
        ask_for_erasure(api, ids[name])
    api.post(f"/v1/imports/{identifier}/undo").ok()
    drive(identifier)
    assert state(api, identifier)["undone"] == {"left": 2, "deleted": 1}
    assert [told(api, identifier)[row]["code"] for row in (1, 2, 3)] == ["erased", "erased", None]
    cloud.pump(rounds=40)
    assert profiles(cloud) == {}
    sent = len(outbox())
    for address in ("ada@example.org", "bob@example.org"):
        again = api.post("/v1/customers", {"emails": [address]}).ok(201)["id"]
        mail = api.post("/v1/messages", {"customer_id": again, "subject": "News", "text": "News"}).ok(201)
        cloud.pump()
        assert api.get(f"/v1/messages/{mail['id']}").ok()["status"] == "suppressed"
    assert len(outbox()) == sent
