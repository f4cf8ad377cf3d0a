"""Builders: policies and tickets by the API, and the timers that fire for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import boto3

from tests.api import Api
from tests.cloud import Cloud
from tests.stack import SCHEDULE_GROUP

QUEUE = "TimersQueue"
TARGETS = {"first_response": 60, "next_response": 120, "resolution": 480}


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
