"""Rules through the real inbound worker: what each action makes of a ticket, and who is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api import Api
from tests.cloud import Cloud
from tests.mailbox import arrive, outbox, receive, write
from tests.rules.making import add_rule, effects, fired, runs_of, text
from tests.support.lists import messages, tickets
from tests.webhooks.receiver import Receiver, listening


def alone(api: Api) -> list[Any]:
    """Mails that joined no ticket."""
    found: list[Any] = api.get("/v1/messages?thread=none").ok()["data"]
    return found


def test_a_rule_makes_the_ticket_what_it_says(api: Api, cloud: Cloud, ada: Any) -> None:
    team = api.post("/v1/teams", {"name": "Desk"}).ok(201)
    sam = api.post("/v1/staff", {"name": "Sam", "email": "sam@shop.example"}).ok(201)
    rule = add_rule(
        api,
        {"action": "route", "team": team["id"]},
        {"action": "assign", "assignee": sam["id"]},
        {"action": "set_priority", "priority": "urgent"},
        {"action": "tag", "add": ["Kettle", "hot"]},
        when={"all": [text("subject", "contains", "KETTLE"), {"field": "class", "values": ["human"]}]},
    )
    add_rule(api, {"action": "tag", "add": ["late"], "remove": ["hot"]}, when=text("text", "words", "broken"))
    add_rule(api, {"action": "mark_spam"}, when=text("domain", "is", "evil.example"))
    receive(cloud, write())
    [ticket] = tickets(api)
    assert ticket["team"] == team["id"]
    assert (ticket["assignee"], ticket["priority"]) == (sam["id"], "urgent")
    assert ticket["tags"] == ["Kettle", "late"]
    assert ticket["version"] == 1, "it is opened so, not changed afterwards"
    runs = runs_of(api, messages(api, ticket)[1])
    assert [run["outcome"] for run in runs] == ["fired", "fired", "not_matched"]
    assert runs[2]["failed"] == "when"
    assert set(effects(runs[0]).values()) == {None}
    [run] = fired(api, rule)
    assert (run["ticket_id"], run["rule_version"]) == (ticket["id"], 1)


def test_a_rule_changes_the_ticket_that_an_answer_joins(api: Api, cloud: Cloud, ada: Any) -> None:
    add_rule(api, {"action": "tag", "add": ["again"]}, when={"field": "reply", "value": True})
    receive(cloud, write(message_id="<first@example.org>"))
    [ticket] = tickets(api)
    assert ticket["tags"] == []
    api.patch(f"/v1/tickets/{ticket['id']}", {"status": "pending"}).ok()
    receive(cloud, write("More.", In_Reply_To="<first@example.org>"))
    [ticket] = tickets(api)
    assert (ticket["tags"], ticket["status"]) == (["again"], "open")


def test_an_ignored_mail_is_filed_alone_and_not_lost(api: Api, cloud: Cloud) -> None:
    team = api.post("/v1/teams", {"name": "Desk"}).ok(201)
    add_rule(api, {"action": "ignore"}, {"action": "route", "team": team["id"]})
    receive(cloud, write())
    assert tickets(api) == []
    assert outbox() == []
    assert api.get("/v1/customers").ok()["data"] == []
    [message] = alone(api)
    assert message["subject"] == "Broken kettle"
    [run] = runs_of(api, message)
    assert effects(run) == {"ignore": None, "route": "no_ticket"}


def test_what_a_rule_marks_as_spam_is_not_answered(api: Api, cloud: Cloud, template: Any) -> None:
    add_rule(api, {"action": "mark_spam"}, {"action": "answer", "template_id": template["id"]})
    receive(cloud, write())
    assert tickets(api)[0]["status"] == "spam"
    assert outbox() == []


def test_webhooks_and_the_queue_hear_of_it_without_personal_data(
    api: Api, cloud: Cloud, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.kernel import config

    monkeypatch.setenv("RAPPORT_WEBHOOK_LOOPBACK", "true")
    config.settings.cache_clear()
    with listening() as receiver:
        _told(api, cloud, receiver)


def _told(api: Api, cloud: Cloud, receiver: Receiver) -> None:
    webhook = api.post("/v1/webhooks", {"url": receiver.url}).ok(201)
    rule = add_rule(api, {"action": "webhook", "webhook_ids": [webhook["id"]]}, {"action": "queue"})
    add_rule(api, {"action": "tag", "add": ["x"]})
    arrive(cloud, write())
    cloud.pump(twice=True)
    [ticket] = tickets(api)
    [got] = receiver.received
    data = got.event["data"]
    assert got.event["type"] == "rule.fired"
    assert (data["rule_id"], data["ticket_id"], data["depth"]) == (rule["id"], ticket["id"], 0)
    assert "kettle" not in got.body.decode().lower()
    assert "ada@example.org" not in got.body.decode()
    queued = cloud.receive("WorkflowQueue")
    bodies = [json.loads(message["Body"])["detail"] for message in queued]
    assert {body["id"] for body in bodies} == {got.event["id"]}


def test_a_change_holds_for_the_next_mail(api: Api, cloud: Cloud, ada: Any) -> None:
    rule = add_rule(api, {"action": "tag", "add": ["one"]})
    receive(cloud, write(subject="1"))
    api.patch(f"/v1/rules/{rule['id']}", {"then": [{"action": "tag", "add": ["two"]}]}).ok()
    receive(cloud, write(subject="2"))
    api.delete(f"/v1/rules/{rule['id']}").ok(204)
    receive(cloud, write(subject="3"))
    assert [one["tags"] for one in tickets(api)] == [[], ["two"], ["one"]]
