"""Settings: the function's environment, validated, read on first use, never at import."""

from __future__ import annotations

import os
from functools import cache
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chalicelib.kernel.model import TimeZone


class Settings(BaseModel):
    """Each field is the environment variable `RAPPORT_<NAME>`; a function gets those it needs."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    table: str = ""
    bus: str = ""
    mail_bucket: str = ""
    files_bucket: str = ""
    feedback_queue_url: str = ""
    timers_queue_arn: str = ""
    timers_dead_letters_arn: str = ""
    scheduler_role_arn: str = ""
    schedule_group: str = ""
    secret_parameter: str = ""
    configuration_set: str = ""
    tracking_configuration_set: str = ""
    """Empty unless opens and clicks of mails may be recorded."""
    support_address: str = "support@example.com"
    business_name: str = "Rapport"
    public_url: str = ""
    sentiment_engine: str = Field(default="offline", pattern="^(offline|comprehend)$")
    """Who reads the words of responses: our own engine, or Amazon Comprehend, which costs."""
    quiet_hours: str = Field(
        default="", pattern="^(([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9])?$"
    )
    send_rate: float = Field(default=0, ge=0)
    counter_shards: int = Field(default=2, ge=1, le=64)
    """Over how many items a day's counters are spread."""
    time_zone: TimeZone = "UTC"
    default_region: str = Field(default="US", pattern="^[A-Z]{2}$")
    fold_plus_tags: bool = False
    cors_origin: str = "*"
    webhook_loopback: bool = False
    """Whether webhooks may go to this very machine, without TLS: on the local cloud and in tests only."""

    @property
    def zone(self) -> ZoneInfo:
        """The business's time zone, which decides what a day is."""
        return ZoneInfo(self.time_zone)


class Misconfigured(RuntimeError):
    """The environment lacks or garbles a setting; the message names the variables, never their values."""


@cache
def settings() -> Settings:
    """The settings of this process. Raises Misconfigured with the names of the bad variables."""
    prefix = "RAPPORT_"
    found = {key[len(prefix) :].lower(): value for key, value in os.environ.items() if key.startswith(prefix)}
    try:
        return Settings.model_validate(found)
    except ValidationError as error:
        names = ", ".join(prefix + str(part["loc"][0]).upper() for part in error.errors())
        raise Misconfigured(f"bad environment variables: {names}") from None
