"""Tickets and their promises on the cloud in memory: through the API, by mail, by timers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from chalicelib.kernel import kept
from tests.api import Api
from tests.calls import counted
from tests.cloud import SCHEDULE_GROUP, Cloud
from tests.mailbox import receive, write
from tests.memory import caller

QUEUE = "TimersQueue"
TARGETS = {"first_response": 60, "next_response": 120, "resolution": 480}


@pytest.fixture
def ada(api: Api) -> str:
    return str(api.post("/v1/customers", {"name": "Ada", "emails": ["ada@example.org"]}).ok(201)["id"])


def promise(api: Api, **more: Any) -> Any:
    """A policy for all tickets of normal priority, unless told otherwise."""
    new = {"name": "All", "targets": {"normal": TARGETS}, "warn_before": {"minutes": 15}, **more}
    return api.post("/v1/sla/policies", new).ok(201)


def opened(api: Api, customer_id: str, **more: Any) -> Any:
    new = {"customer_id": customer_id, "channel": "phone", "subject": "Kettle", "text": "It leaks.", **more}
    return api.post("/v1/tickets", new).ok(201)


def url(ticket: Any) -> str:
    return f"/v1/tickets/{ticket['id']}"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def timers() -> list[tuple[str, str]]:
    """When the timers that were set fire, and what they put on the queue then."""
    client = boto3.client("scheduler")
    names = [one["Name"] for one in client.list_schedules(GroupName=SCHEDULE_GROUP)["Schedules"]]
    found = [client.get_schedule(GroupName=SCHEDULE_GROUP, Name=name) for name in names]
    return sorted((one["ScheduleExpression"][3:-1], one["Target"]["Input"]) for one in found)


def fire(cloud: Cloud, until: str) -> None:
    """Let the timers fire that are to by then, in order, each twice; and those that follow."""
    fired: set[tuple[str, str]] = set()
    while due := [one for one in timers() if one not in fired and one[0] <= until]:
        message = {"MessageId": "first", "Body": due[0][1]}
        assert cloud.deliver(QUEUE, [message, {**message, "MessageId": "again"}]) == set()
        fired.add(due[0])
        cloud.pump()


def minute_of(at: str) -> str:
    """When a timer for this time fires: when its minute is full."""
    return f"{moment(at) + timedelta(minutes=1):%Y-%m-%dT%H:%M}:00"


def recorded(api: Api, customer_id: str) -> list[tuple[str, str]]:
    """The warnings and breaches on the timeline, oldest first."""
    found = api.get(f"/v1/customers/{customer_id}/timeline?limit=100").ok()["data"]
    return [
        (one["type"].removeprefix("ticket.sla_"), one["data"]["target"])
        for one in reversed(found)
        if one["type"].startswith("ticket.sla_")
    ]


def test_scopes_are_checked(cloud: Cloud) -> None:
    Api(None).get("/v1/sla/policies").problem(401, "unauthorized")
    caller("sla:read").post("/v1/sla/policies", {"name": "X", "targets": {}}).problem(403, "missing_scope")
    caller("sla:read").get("/v1/sla/due").problem(403, "missing_scope")


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


def test_warning_and_breach_come_at_the_right_minute_and_once(api: Api, cloud: Cloud, ada: str) -> None:
    promise(api)
    ticket = opened(api, ada)
    cloud.pump(twice=True)
    due = moment(ticket["sla"]["first_response"]["due_at"])
    warned = (due - timedelta(minutes=15)).isoformat()
    assert [at for at, _ in timers()] == [minute_of(warned)]
    fire(cloud, minute_of(warned))
    assert recorded(api, ada) == [("warning", "first_response")]
    assert [at for at, _ in timers()] == [minute_of(warned), minute_of(due.isoformat())]
    fire(cloud, minute_of(due.isoformat()))
    assert recorded(api, ada) == [("warning", "first_response"), ("breached", "first_response")]
    now = api.get(url(ticket)).ok()
    assert now["sla"]["first_response"]["breached"] is True
    assert now["sla"]["first_response"]["breached_at"] == ticket["sla"]["first_response"]["due_at"]
    fire(cloud, minute_of(ticket["sla"]["resolution"]["due_at"]))
    assert recorded(api, ada)[2:] == [("warning", "resolution"), ("breached", "resolution")]
    version = api.get(url(ticket)).ok()["version"]
    fire(cloud, "9999")
    assert api.get(url(ticket)).ok()["version"] == version, "nothing is left to note"


def test_what_is_published_of_a_breach(api: Api, cloud: Cloud, ada: str) -> None:
    policy = promise(api, targets={"normal": {"first_response": 1}}, warn_before=None)
    ticket = opened(api, ada)
    cloud.pump()
    fire(cloud, "9999")
    [event] = [one for one in cloud.items() if one.get("type") == "ticket.sla_breached"]
    assert event["data"] == {
        "ticket_id": ticket["id"],
        "policy_id": policy["id"],
        "target": "first_response",
        "due_at": ticket["sla"]["first_response"]["due_at"],
    }
    assert event["private"] == {"subject": "Kettle"}


def test_an_answer_in_time_leaves_its_timer_nothing_to_do(api: Api, cloud: Cloud, ada: str) -> None:
    promise(api)
    ticket = opened(api, ada)
    cloud.pump()
    api.post(f"{url(ticket)}/messages", {"text": "Try this.", "internal": True}).ok(201)
    assert api.get(url(ticket)).ok()["sla"]["first_response"]["met_at"] is None, "a note is no answer"
    api.post(f"{url(ticket)}/messages", {"text": "Try this.", "status": "pending"}).ok(201)
    sla = api.get(url(ticket)).ok()["sla"]
    assert (sla["first_response"]["met_at"] is not None, sla["paused"]) == (True, True)
    cloud.pump()
    fire(cloud, "9999")
    assert recorded(api, ada) == []


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


def test_what_is_due_is_listed_by_time(api: Api, cloud: Cloud, ada: str) -> None:
    team = api.post("/v1/teams", {"name": "Desk"}).ok(201)["id"]
    promise(api, targets={"normal": TARGETS, "urgent": {"resolution": 5}, "low": {"resolution": 9}})
    late, soon = opened(api, ada), opened(api, ada, priority="urgent", team=team)
    low = opened(api, ada, priority="low")
    with counted() as calls:
        listed = api.get("/v1/sla/due").ok()["data"]
    assert [one["id"] for one in listed] == [soon["id"], low["id"], late["id"]]
    assert calls == ["Query", "BatchGetItem"]
    assert listed[0] == soon
    assert [one["id"] for one in api.get(f"/v1/sla/due?team={team}").ok()["data"]] == [soon["id"]]
    in_seven = (datetime.now(UTC) + timedelta(minutes=7)).isoformat().replace("+", "%2B")
    assert [one["id"] for one in api.get(f"/v1/sla/due?before={in_seven}").ok()["data"]] == [soon["id"]]
    first = api.get("/v1/sla/due?limit=2").ok()
    rest = api.get(f"/v1/sla/due?limit=2&cursor={first['next_cursor']}").ok()
    assert [one["id"] for one in rest["data"]] == [late["id"]]
    api.patch(url(soon), {"status": "on_hold"}).ok()
    api.patch(url(low), {"status": "solved"}).ok()
    assert [one["id"] for one in api.get("/v1/sla/due").ok()["data"]] == [late["id"]]
    api.patch(url(late), {"team": team}).ok()
    assert [one["id"] for one in api.get(f"/v1/sla/due?team={team}").ok()["data"]] == [late["id"]]


def test_an_erased_ticket_leaves_the_list(api: Api, cloud: Cloud, ada: str) -> None:
    promise(api)
    opened(api, ada)
    cloud.pump()
    api.post(f"/v1/customers/{ada}/erasure", {"confirm": ada}).ok(201)
    cloud.pump(rounds=40)
    assert not [one for one in cloud.items() if one["pk"].startswith("DUE#")]
    fire(cloud, "9999")


def test_a_report_tells_what_was_kept(api: Api, cloud: Cloud, ada: str) -> None:
    policy = promise(api)
    answered, forgotten = opened(api, ada), opened(api, ada)
    cloud.pump()
    api.post(f"{url(answered)}/messages", {"text": "Try this.", "status": "solved"}).ok(201)
    cloud.pump()
    fire(cloud, minute_of(forgotten["sla"]["first_response"]["due_at"]))
    for by, value in {"policy": policy["id"], "team": None, "priority": "normal", "channel": "phone"}.items():
        with counted() as calls:
            told = api.get(f"/v1/sla/report?by={by}").ok()
        assert calls == ["Query"]
        [group] = told["groups"]
        assert group.pop("value") == value
        assert group == told["total"]
        assert (group["solved"], group["first_contact"], group["reopened"]) == (1, 1, 0)
        first = group["first_response"]
        assert (first["count"], first["met"], first["breached"], first["done"]) == (2, 1, 1, 1)
        assert first["business_minutes"] == {"median": 0.5, "p90": 0.5}
        assert group["next_response"]["business_minutes"] == {"median": None, "p90": None}
    assert api.get("/v1/sla/report?by=assignee&from=2020-01-01&to=2020-12-31").ok()["groups"] == []
    api.get("/v1/sla/report?from=2020-01-01&to=2021-01-01").problem(422, "invalid")


def test_policies_are_kept_in_order(api: Api) -> None:
    first, second = promise(api, name="First"), promise(api, name="Second")
    third = promise(api, name="Third", position=0)

    def names() -> list[str]:
        return [one["name"] for one in api.get("/v1/sla/policies").ok()["data"]]

    assert names() == ["Third", "First", "Second"]
    moved = api.patch(f"/v1/sla/policies/{second['id']}", {"position": 0}, If_Match='"1"').ok()
    assert (names(), moved["version"]) == (["Second", "Third", "First"], 2)
    assert api.patch(f"/v1/sla/policies/{second['id']}", {"position": 0}).ok()["version"] == 2
    api.patch(f"/v1/sla/policies/{first['id']}", {"name": "Old"}, If_Match='"7"').problem(412, "stale")
    api.delete(f"/v1/sla/policies/{third['id']}").ok(204)
    assert names() == ["Second", "First"]
    api.get(f"/v1/sla/policies/{third['id']}").problem(404, "no_such_policy")
    trail = api.get(f"/v1/audit?entity_id={second['id']}").ok()["data"]
    assert [one["data"]["changed"] for one in trail] == [["position"], ["created"]]


NOBODY = "01J00000000000000000000000"


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"targets": {}}, "targets"),
        ({"targets": {"normal": {"resolution": 0}}}, "targets"),
        ({"targets": {"asap": {"resolution": 5}}}, "targets"),
        ({"warn_before": {}}, "warn_before"),
        ({"warn_before": {"minutes": 5, "percent": 5}}, "warn_before"),
        ({"conditions": {"moods": ["bad"]}}, "conditions"),
        ({"conditions": {"teams": [f"tea_{NOBODY}"]}}, "conditions.teams"),
        ({"calendar_id": f"cal_{NOBODY}"}, "calendar_id"),
    ],
)
def test_what_is_wrong_is_named(api: Api, wrong: dict[str, Any], name: str) -> None:
    new = {"name": "All", "targets": {"normal": TARGETS}, **wrong}
    problem = api.post("/v1/sla/policies", new).problem(422, "invalid")
    assert problem["invalid_params"][0]["name"].startswith(name)


def test_there_is_a_most(api: Api) -> None:
    for _ in range(30):
        promise(api, targets={"normal": {"resolution": 5}})
    new = {"name": "All", "targets": {"normal": TARGETS}}
    api.post("/v1/sla/policies", new).problem(409, "too_many_policies")


def test_a_snooze_and_a_breach_in_one_minute_are_both_seen(api: Api, cloud: Cloud, ada: str) -> None:
    promise(api, targets={"normal": {"first_response": 60}}, warn_before=None, pauses=["resolution"])
    ticket = opened(api, ada)
    due = moment(ticket["sla"]["first_response"]["due_at"])
    api.patch(url(ticket), {"status": "pending"}).ok()
    api.patch(url(ticket), {"snoozed_until": due.isoformat()}).ok()
    cloud.pump()
    fire(cloud, minute_of((due + timedelta(minutes=1)).isoformat()))
    now = api.get(url(ticket)).ok()
    assert (now["status"], now["sla"]["first_response"]["breached"]) == ("open", True)
    assert recorded(api, ada) == [("breached", "first_response")]


def test_policies_are_read_once_in_a_while(api: Api, ada: str) -> None:
    promise(api)
    with counted() as calls:
        kept.forget()
        for _ in range(3):
            opened(api, ada)
    assert calls.count("Query") == 1, "the calendars"
    assert calls.count("GetItem") == 4, "the customer each time, the policies once"
