"""A follow-up goes from state to state, each move an event; lists and figures follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.followups.model import CLOSED, MOVES, OPEN, STATES, FollowUp
from chalicelib.kernel.errors import Conflict
from tests.api import Api
from tests.cloud import Cloud
from tests.followups.loops import SOON, listed, opened, path

ONE = FollowUp(
    id="fup_01JAAAAAAAAAAAAAAAAAAAAAAA",
    feedback_id="fbk_01JAAAAAAAAAAAAAAAAAAAAAAA",
    customer_id="cus_01JAAAAAAAAAAAAAAAAAAAAAAA",
    survey="default",
    kind="nps",
    score=2,
    channel="web",
    due_at=SOON,
    since=SOON,
    created_at=SOON,
    updated_at=SOON,
)


@given(st.lists(st.sampled_from(STATES), max_size=12))
def test_whatever_is_asked_its_stamps_fit_its_state(wanted: list[Any]) -> None:
    one = ONE
    for hours, state in enumerate(wanted, 1):
        try:
            moved = one.moved(state, SOON + timedelta(hours=hours))
        except Conflict:
            assert state not in MOVES[one.state]
            continue
        one = one.changed(moved, SOON + timedelta(hours=hours))
        assert one.state == state
        assert (one.resolved_at is not None) == (one.state in CLOSED)
        assert (one.told_at is not None) == (one.state == "customer_told")
        assert (one.acknowledged_at is not None) == (one.state != "new")
        assert (one.untold is not None) == (one.state == "resolved")
        assert one.loop >= timedelta(0)
    assert {*OPEN, *CLOSED} == set(STATES)


def test_nobody_becomes_told_who_is_not_known() -> None:
    nobody = ONE.model_copy(update={"customer_id": None, "state": "resolved"})
    with pytest.raises(Conflict, match="Nobody knows"):
        nobody.moved("customer_told", SOON)


def test_its_way_is_in_the_audit_trail(api: Api, cloud: Cloud) -> None:
    one = opened(api, cloud, email="ada@example.org")
    for state in ("acknowledged", "in_progress", "resolved", "in_progress"):
        one = api.patch(path(one), {"state": state}).ok()
        assert one["state"] == state
    refused = api.patch(path(one), {"state": "new"}).problem(409, "wrong_state")
    assert refused["allowed"] == ["acknowledged", "resolved"]
    api.patch(path(one), {"told_on": "phone"}).problem(422, "invalid")
    api.patch(path(one), {"state": "resolved"}).ok()
    told = api.patch(path(one), {"state": "customer_told", "told_on": "phone"}).ok()
    assert (told["told_on"], told["untold"], told["version"]) == ("phone", None, 7)
    assert api.patch(path(one), {"state": "customer_told"}).ok()["version"] == 7
    cloud.pump()
    trail = api.get(f"/v1/audit?entity_id={one['id']}").ok()["data"]
    assert [entry["type"] for entry in trail].count("followup.moved") == 6
    assert trail[0]["changes"] == {"state": {"from": "resolved", "to": "customer_told"}}


def test_it_has_an_owner_a_team_a_due_time_and_a_ticket(api: Api, cloud: Cloud) -> None:
    one = opened(api, cloud, email="ada@example.org")
    sam = api.post("/v1/staff", {"name": "Sam", "email": "sam@shop.example"}).ok(201)["id"]
    ticket = {"customer_id": one["customer_id"], "channel": "phone", "subject": "Loom", "text": "Broken"}
    ticket_id = api.post("/v1/tickets", ticket).ok(201)["id"]
    assert [found["id"] for found in listed(api, owner="none")] == [one["id"]]
    given = {"owner": sam, "due_at": SOON.isoformat(), "ticket_id": ticket_id}
    after = api.patch(path(one), given).ok()
    assert (after["owner"], after["ticket_id"]) == (sam, ticket_id)
    for query in (
        {"owner": sam},
        {"customer_id": one["customer_id"]},
        {"state": "new"},
        {"survey": one["survey"]},
    ):
        assert [found["id"] for found in listed(api, **query)] == [one["id"]], query
    before = SOON.isoformat().replace("+", "%2B")
    assert listed(api, due_to=before) == []
    assert listed(api, owner="none") == listed(api, state="closed") == []
    bob = api.post("/v1/customers", {"name": "Bob"}).ok(201)["id"]
    other = api.post("/v1/tickets", {**ticket, "customer_id": bob}).ok(201)["id"]
    api.patch(path(one), {"ticket_id": other}).problem(422, "invalid")
    api.patch(path(one), {"owner": "stf_01JAAAAAAAAAAAAAAAAAAAAAAA"}).problem(422, "invalid")
    api.patch(path(one), {"due_at": None}).problem(422, "invalid")


def test_the_report_counts_what_is_closed_and_told(api: Api, cloud: Cloud) -> None:
    ada = opened(api, cloud, email="ada@example.org")
    nobody, third = opened(api, cloud), opened(api, cloud, survey="other", kind="csat", score=1)
    empty = {"opened": 3, "closed": 0, "told": 0, "median_loop_hours": None, "share_closed": 0.0}
    assert api.get("/v1/followups/report").ok().items() >= empty.items()
    for one in (ada, nobody):
        api.patch(path(one), {"state": "resolved"}).ok()
    api.patch(path(ada), {"state": "customer_told"}).ok()
    report = api.get("/v1/followups/report").ok()
    found = {"opened": 3, "closed": 2, "told": 1, "share_closed": 66.7, "share_told": 33.3}
    assert report.items() >= found.items()
    assert report["median_loop_hours"] == report["p90_loop_hours"] == 0.01
    assert [one["survey"] for one in report["by_survey"]] == ["after-delivery", "other"]
    api.patch(path(ada), {"state": "in_progress"}).ok()
    again = api.get("/v1/followups/report?survey=after-delivery").ok()
    assert again.items() >= {"opened": 2, "closed": 1, "told": 0, "share_closed": 50.0}.items()
    api.patch(path(third), {"state": "resolved"}).ok()
    assert api.get("/v1/followups/report?survey=other").ok()["share_closed"] == 100.0


def test_notes_are_kept(api: Api, cloud: Cloud) -> None:
    one = opened(api, cloud)
    assert api.get(f"{path(one)}/notes").ok()["data"] == []
    for text in ("Rang, nobody there", "Rang again"):
        api.post(f"{path(one)}/notes", {"text": text}).ok(201)
    assert [note["text"] for note in api.get(f"{path(one)}/notes").ok()["data"]] == [
        "Rang again",
        "Rang, nobody there",
    ]
    api.get("/v1/followups/fup_01JAAAAAAAAAAAAAAAAAAAAAAA/notes").problem(404, "no_such_followup")
