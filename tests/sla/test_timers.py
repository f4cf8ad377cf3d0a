"""Warnings and breaches by timers: at their minute, once, and told to who listens."""

from __future__ import annotations

from datetime import timedelta

from tests.api import Api
from tests.cloud import Cloud
from tests.sla.promises import fire, minute_of, moment, opened, promise, recorded, timers, url


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
