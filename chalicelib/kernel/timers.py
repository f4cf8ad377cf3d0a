"""Timers: wake an entity at a time, by one-time EventBridge Scheduler schedules. Nothing polls.

A schedule is named by entity and moment, so making it twice makes it once. It is never cancelled: whoever
is woken checks whether it is still due.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import ConfigDict

from chalicelib.kernel import aws
from chalicelib.kernel.config import settings
from chalicelib.kernel.model import Model, Utc


class Wake(Model):
    """What fires into the timers queue: which entity was to be woken, and when."""

    wake_id: str
    wake_at: Utc


class _Asking(Wake):
    model_config = ConfigDict(extra="ignore")


class _Detail(Model):
    model_config = ConfigDict(extra="ignore")
    data: _Asking


class Request(Model):
    """The bus's message about an event that asks for a timer (events.Waking), as far as it matters here."""

    model_config = ConfigDict(extra="ignore")
    detail: _Detail

    @property
    def wake(self) -> Wake:
        return Wake(wake_id=self.detail.data.wake_id, wake_at=self.detail.data.wake_at)


def schedule(wake: Wake, *, now: datetime) -> None:
    """Set the timer, or do nothing when it is set already. A time in the past fires at once."""
    client = aws.scheduler()
    at = max(wake.wake_at, now)
    try:
        client.create_schedule(
            GroupName=settings().schedule_group,
            Name=f"{wake.wake_id}-{wake.wake_at:%Y%m%dT%H%M%S%f}",
            ScheduleExpression=f"at({at:%Y-%m-%dT%H:%M:%S})",
            FlexibleTimeWindow={"Mode": "OFF"},
            ActionAfterCompletion="DELETE",
            Target={
                "Arn": settings().timers_queue_arn,
                "RoleArn": settings().scheduler_role_arn,
                "Input": wake.model_dump_json(),
            },
        )
    except client.exceptions.ConflictException:
        return
