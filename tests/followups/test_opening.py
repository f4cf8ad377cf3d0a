"""A follow-up is opened by the first rule that a response meets, once, or by hand."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.followups import rules
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.followups.loops import SOON, listed, opened, path, respond

UNKNOWN = "fbk_01JAAAAAAAAAAAAAAAAAAAAAAA"


def test_detractors_get_one_by_the_usual_rule(api: Api, cloud: Cloud) -> None:
    one = opened(api, cloud, email="ada@example.org")
    assert (one["state"], one["rule"], one["score"], one["version"]) == ("new", "detractors", 2, 1)
    assert one["customer_id"]
    assert respond(api, cloud, score=7)
    assert respond(api, cloud, kind="csat", score=3)
    assert respond(api, cloud, kind="comment", score=None)
    assert [found["id"] for found in listed(api)] == [one["id"]]
    assert opened(api, cloud, kind="csat", score=2)["customer_id"] is None
    assert opened(api, cloud, kind="ces", score=1)["kind"] == "ces"
    timeline = api.get(f"/v1/customers/{one['customer_id']}/timeline").ok()["data"]
    assert "followup.opened" in [entry["type"] for entry in timeline]
    [event] = [
        item for item in cloud.items() if item.get("type") == "followup.opened" and item.get("customer_id")
    ]
    assert "loom" not in str(event), "no words of the customer are published"


def _event(feedback_id: str, *, bulk: bool = False, **data: Any) -> Any:
    from json import dumps

    known = {"feedback_id": feedback_id, "survey": "after-delivery", "kind": "nps", "score": 2, **data}
    detail = {"id": "EVT", "type": "feedback.received", "bulk": bulk, "data": known}
    return {"Body": dumps({"detail": detail})}


def test_repeats_and_imports_open_none_and_cost_no_more(api: Api, cloud: Cloud) -> None:
    one = opened(api, cloud)
    with counted() as calls:
        assert cloud.deliver("FollowUpsQueue", [_event(one["feedback_id"])]) == set()
    assert calls == ["BatchGetItem"]
    happy = respond(api, cloud, score=9)
    with counted() as calls:
        cloud.deliver("FollowUpsQueue", [_event(happy, score=9), _event(happy, bulk=True)])
    assert calls == []
    assert len(listed(api)) == 1
    cloud.deliver("FollowUpsQueue", [_event(happy, score=9, urgent=True)])
    assert [found["urgent"] for found in listed(api)] == [False, True], "urgent ones are answered, too"
    assert cloud.deliver("FollowUpsQueue", [_event(UNKNOWN)]) == set(), "of another table"


def test_rules_are_data(api: Api, cloud: Cloud) -> None:
    team = api.post("/v1/teams", {"name": "Care"}).ok(201)["id"]
    sam = api.post("/v1/staff", {"name": "Sam", "email": "sam@shop.example"}).ok(201)["id"]
    assert api.get("/v1/followups/rules").ok()["version"] == 0
    vip = {
        "name": "vip",
        "surveys": ["vip"],
        "nps": 8,
        "due_hours": 4,
        "remind_hours": 1,
        "owner": sam,
        "team": team,
    }
    usual = {"name": "others", "nps": 3, "open_ticket": True, "priority": "urgent"}
    changed = api.patch("/v1/followups/rules", {"rules": [{**vip, "open_ticket": True}, usual]}).ok()
    assert changed["version"] == 1
    api.patch("/v1/followups/rules", {"rules": []}, If_Match='"0"').problem(412, "stale")
    one = opened(api, cloud, survey="vip", score=8, email="ada@example.org")
    assert (one["rule"], one["owner"], one["team"]) == ("vip", sam, team)
    assert one["remind_at"] < one["due_at"]
    ticket = api.get(f"/v1/tickets/{one['ticket_id']}").ok()
    assert (ticket["subject"], ticket["assignee"], ticket["priority"]) == ("vip: nps 8", sam, "high")
    assert (
        api.get(f"/v1/tickets/{one['ticket_id']}/messages").ok()["data"][0]["text"] == "The loom came broken."
    )
    assert opened(api, cloud, score=3)["ticket_id"] is None, "nobody knows whose it would be"
    respond(api, cloud, score=4)
    assert len(listed(api)) == 2
    api.patch(f"/v1/staff/{sam}", {"active": False}).ok()
    assert opened(api, cloud, survey="vip", score=8)["owner"] is None, "who left gets none"


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        ({"name": "x", "nps": 11}, 422),
        ({"name": "x", "owner": "stf_01JAAAAAAAAAAAAAAAAAAAAAAA"}, 422),
        ({"name": "x", "due_hours": 2, "remind_hours": 2}, 422),
        ({"name": "X Y"}, 422),
    ],
)
def test_rules_that_make_no_sense_are_refused(api: Api, rule: Any, status: int) -> None:
    assert api.patch("/v1/followups/rules", {"rules": [rule]}).status == status
    two = [{"name": "same"}, {"name": "same"}]
    assert api.patch("/v1/followups/rules", {"rules": two}).status == 422
    assert rules.read().version == 0


def test_anything_else_is_opened_by_hand(api: Api, cloud: Cloud) -> None:
    feedback_id = respond(api, cloud, score=9)
    new = {"feedback_id": feedback_id, "due_at": SOON.isoformat()}
    made = api.post("/v1/followups", new).ok(201)
    assert made["rule"] is None
    again = api.post("/v1/followups", new).problem(409, "followup_exists")
    assert again["followup_id"] == made["id"]
    unknown = {**new, "feedback_id": UNKNOWN}
    api.post("/v1/followups", unknown).problem(404, "feedback_not_found_yet")
    past = {**new, "due_at": "2020-01-01T00:00:00Z"}
    api.post("/v1/followups", past).problem(422, "invalid")
    rejected = respond(api, cloud, customer_id="cus_01JAAAAAAAAAAAAAAAAAAAAAAA")
    api.post("/v1/followups", {**new, "feedback_id": rejected}).problem(409, "rejected")
    assert [path(one) for one in listed(api)] == [path(made)]
