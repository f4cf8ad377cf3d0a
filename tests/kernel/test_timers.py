"""Timers: one schedule an entity and minute, never too early."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.kernel import aws
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.timers import Request, Wake, schedule
from tests.cloud import Cloud
from tests.faults import answering, refusal
from tests.stack import SCHEDULE_GROUP

TICKET = "tkt_01J00000000000000000000000"
NOW = datetime(2026, 3, 1, 9, 0, 12, 345000, tzinfo=UTC)
DUE = datetime(2026, 3, 2, 10, 30, 20, tzinfo=UTC)


def test_a_schedule_is_named_by_entity_and_minute(cloud: Cloud) -> None:
    schedule(Wake(wake_id=TICKET, wake_at=DUE), now=NOW)
    made = _schedule(f"{TICKET}-20260302T1031")
    assert made["ScheduleExpression"] == "at(2026-03-02T10:31:00)", "when the minute of 10:30:20 is full"
    assert made["Target"]["Arn"] == cloud.arn("TimersQueue")
    assert made["Target"]["DeadLetterConfig"] == {"Arn": cloud.arn("TimersDeadLetters")}
    assert made["ActionAfterCompletion"] == "DELETE"
    assert json.loads(made["Target"]["Input"]) == {"wake_id": TICKET, "wake_at": "2026-03-02T10:30:20.000Z"}


def test_a_full_minute_fires_at_once_when_it_comes(cloud: Cloud) -> None:
    schedule(Wake(wake_id=TICKET, wake_at=DUE.replace(second=0)), now=NOW)
    assert _schedule(f"{TICKET}-20260302T1030")["ScheduleExpression"] == "at(2026-03-02T10:30:00)"


def test_twice_is_once(cloud: Cloud) -> None:
    for _ in range(2):
        schedule(Wake(wake_id=TICKET, wake_at=DUE), now=NOW)
    assert len(aws.scheduler().list_schedules(GroupName=SCHEDULE_GROUP)["Schedules"]) == 1


def test_a_busy_scheduler_is_unavailable(cloud: Cloud) -> None:
    busy = refusal("ThrottlingException", 429)
    with answering(aws.scheduler(), "CreateSchedule", busy), pytest.raises(Unavailable):
        schedule(Wake(wake_id=TICKET, wake_at=DUE), now=NOW)


def test_a_time_in_the_past_fires_now(cloud: Cloud) -> None:
    schedule(Wake(wake_id=TICKET, wake_at=NOW - timedelta(hours=1)), now=NOW)
    assert _schedule(f"{TICKET}-20260301T0801")["ScheduleExpression"] == "at(2026-03-01T09:00:17)"


@pytest.mark.parametrize(
    "later", [timedelta(), timedelta(seconds=1), timedelta(seconds=59, milliseconds=999)]
)
def test_nobody_is_woken_too_early(cloud: Cloud, later: timedelta) -> None:
    due = DUE.replace(second=0) + later
    schedule(Wake(wake_id=TICKET, wake_at=due), now=NOW)
    (made,) = aws.scheduler().list_schedules(GroupName=SCHEDULE_GROUP)["Schedules"]
    fires = datetime.fromisoformat(_schedule(made["Name"])["ScheduleExpression"][3:-1] + "Z")
    assert timedelta() <= fires - due < timedelta(minutes=1)


def test_an_event_that_asks_for_a_timer_is_read_whatever_else_it_says() -> None:
    detail = {
        "type": "ticket.snoozed",
        "data": {"wake_id": TICKET, "wake_at": "2026-03-02T10:30:20Z", "x": 1},
    }
    request = Request.model_validate_json(json.dumps({"source": "rapport", "detail": detail}))
    assert request.wake == Wake(wake_id=TICKET, wake_at=DUE)


def _schedule(name: str) -> Any:
    return aws.scheduler().get_schedule(GroupName=SCHEDULE_GROUP, Name=name)
