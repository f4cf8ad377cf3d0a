"""What a ticket is promised, by the API and by mail: which policy it gets, and what that costs."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from chalicelib.kernel import kept
from tests.api import Api
from tests.calls import counted
from tests.cloud import Cloud
from tests.mailbox import receive, write
from tests.sla.promises import TARGETS, moment, opened, promise, url


def test_a_ticket_shows_what_it_is_promised(api: Api, ada: str) -> None:
    policy = promise(api)
    ticket = opened(api, ada)
    begun = moment(ticket["created_at"])
    sla = ticket["sla"]
    assert (sla["policy_id"], sla["paused"], sla["next_response"]) == (policy["id"], False, None)
    assert moment(sla["first_response"]["due_at"]) == begun + timedelta(hours=1)
    assert moment(sla["resolution"]["due_at"]) == begun + timedelta(hours=8)
    assert api.get(url(ticket)).ok() == ticket
    assert "used_ms" not in json.dumps(ticket)


def test_without_a_policy_there_is_nothing(api: Api, ada: str) -> None:
    assert opened(api, ada)["sla"] is None
    promise(api, active=False)
    assert opened(api, ada)["sla"] is None


def test_it_costs_no_call(api: Api, cloud: Cloud, ada: str) -> None:
    before = opened(api, ada)
    with counted() as plain:
        opened(api, ada)
    with counted() as plain_change:
        api.patch(url(before), {"status": "pending"}).ok()
    promise(api)
    with counted() as calls:
        ticket = opened(api, ada)
    assert calls == plain
    with counted() as calls:
        api.patch(url(ticket), {"status": "pending"}).ok()
    assert calls == plain_change == ["GetItem", "TransactWriteItems"]


def test_mail_opens_waits_and_reopens(api: Api, cloud: Cloud) -> None:
    promise(api)
    receive(cloud, write(message_id="<one@example.org>"))
    [ticket] = api.get("/v1/tickets").ok()["data"]
    assert ticket["sla"]["first_response"]["met_at"] is None, "an acknowledgement is no answer"
    api.post(f"{url(ticket)}/messages", {"text": "Try this.", "status": "solved"}).ok(201)
    receive(cloud, write(subject=f"Re: [#{ticket['tag']}]", In_Reply_To="<one@example.org>"))
    sla = api.get(url(ticket)).ok()["sla"]
    assert sla["next_response"]["due_at"] is not None
    assert (sla["resolution"]["met_at"], sla["resolution"]["breached"]) == (None, False)


def test_a_ticket_is_chosen_by_stage_priority_channel_and_team(api: Api, ada: str) -> None:
    team = api.post("/v1/teams", {"name": "Desk"}).ok(201)["id"]
    targets = dict.fromkeys(("low", "normal", "high", "urgent"), TARGETS)
    made = {
        name: promise(api, name=name, targets=targets, conditions=conditions)["id"]
        for name, conditions in {
            "formers": {"stages": ["former"]},
            "urgent": {"priorities": ["urgent"]},
            "letters": {"channels": ["letter"]},
            "desk": {"teams": [team]},
            "rest": {},
        }.items()
    }

    def chosen(**more: Any) -> str:
        ticket = opened(api, ada, **more)
        return next(name for name, one in made.items() if one == ticket["sla"]["policy_id"])

    assert chosen() == "rest"
    assert chosen(priority="urgent", channel="letter") == "urgent", "the first that matches"
    assert chosen(channel="letter") == "letters"
    assert chosen(team=team) == "desk"
    api.patch(f"/v1/customers/{ada}", {"stage": "former"}).ok()
    assert chosen(priority="urgent") == "formers"
    with counted() as calls:
        ticket = opened(api, ada)
    with counted() as without:
        api.patch(url(ticket), {"subject": "Pot"}).ok()
    assert (calls.count("GetItem"), without) == (2, ["GetItem", "TransactWriteItems"]), (
        "the stage was read once"
    )


def test_who_a_mail_makes_known_is_a_lead(api: Api, cloud: Cloud) -> None:
    policy = promise(api, conditions={"stages": ["lead"]})
    receive(cloud, write())
    [ticket] = api.get("/v1/tickets").ok()["data"]
    assert ticket["sla"]["policy_id"] == policy["id"]


def test_a_change_of_priority_chooses_anew(api: Api, cloud: Cloud, ada: str) -> None:
    promise(api, targets={"normal": TARGETS, "urgent": {"first_response": 30}})
    ticket = opened(api, ada)
    now = api.patch(url(ticket), {"priority": "urgent"}).ok()
    assert moment(now["sla"]["first_response"]["due_at"]) - moment(ticket["created_at"]) == timedelta(
        minutes=30
    )
    assert now["sla"]["resolution"] is None


def test_policies_are_read_once_in_a_while(api: Api, ada: str) -> None:
    promise(api)
    with counted() as calls:
        kept.forget()
        for _ in range(3):
            opened(api, ada)
    assert calls.count("Query") == 1, "the calendars"
    assert calls.count("GetItem") == 4, "the customer each time, the policies once"
