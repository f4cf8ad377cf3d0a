"""Timers: wake an entity at a minute, by one-time EventBridge Scheduler schedules. Nothing polls.

A schedule is named by entity and minute, so making it twice makes it once. It fires when its minute is full,
so that nobody is woken too early for any time within it. It is never cancelled: whoever is woken checks
whether it is still due.
"""

from datetime import datetime, timedelta

from pydantic import ConfigDict

from chalicelib.kernel import aws
from chalicelib.kernel.config import settings
from chalicelib.kernel.model import Model, Utc
from chalicelib.kernel.table import busy_is_unavailable

SOON = timedelta(seconds=5)
"""The nearest that a timer is set, since the scheduler refuses a time that is past when it looks."""


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


def _full_minute(at: datetime) -> datetime:
    """The first full minute that is not before `at`."""
    begun = at.replace(second=0, microsecond=0)
    return begun if begun == at else begun + timedelta(minutes=1)


def schedule(wake: Wake, *, now: datetime) -> None:
    """Set the timer, or do nothing when it is set already. A time that is past fires in a few seconds."""
    client = aws.scheduler()
    minute = _full_minute(wake.wake_at)
    at = max(minute, now + SOON)
    try:
        with busy_is_unavailable("scheduler"):
            client.create_schedule(
                GroupName=settings().schedule_group,
                Name=f"{wake.wake_id}-{minute:%Y%m%dT%H%M}",
                ScheduleExpression=f"at({at:%Y-%m-%dT%H:%M:%S})",
                FlexibleTimeWindow={"Mode": "OFF"},
                ActionAfterCompletion="DELETE",
                Target={
                    "Arn": settings().timers_queue_arn,
                    "RoleArn": settings().scheduler_role_arn,
                    "Input": wake.model_dump_json(),
                    "DeadLetterConfig": {"Arn": settings().timers_dead_letters_arn},
                },
            )
    except client.exceptions.ConflictException:
        return
