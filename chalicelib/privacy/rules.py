"""How long what is kept: the rules of retention, and when they are applied next."""

from datetime import datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from chalicelib.kernel import ids
from chalicelib.kernel.ids import EPOCH
from chalicelib.kernel.model import Model, Stored, Utc

RULES_ID = "ret_00000000000000000000000000"
"""There is one document of rules; its id is what the timer and the job know it by."""
AT = time(3)
"""When rules are applied, where the business is."""

Days = Annotated[int, Field(ge=30, le=36_500)]


class RetentionPatch(Model):
    """A JSON Merge Patch (RFC 7396): null keeps for ever."""

    lead_days: Days | None = None
    closed_ticket_days: Days | None = None
    response_days: Days | None = None
    entry_days: Days | None = None


class Run(Stored):
    """What a night's application did."""

    begun_at: Utc
    ended_at: Utc | None = None
    leads: int = 0
    tickets: int = 0
    responses: int = 0
    entries: int = 0


class Retention(Stored):
    """Days after which something goes; null keeps it. Raw mails leave by the stack's own parameter."""

    version: int = 0
    lead_days: Annotated[
        int | None, Field(description="Leads without any contact since are erased, as by request.")
    ] = None
    closed_ticket_days: Annotated[
        int | None, Field(description="Closed tickets are removed with their messages and attachments.")
    ] = None
    response_days: Annotated[
        int | None,
        Field(
            description="Responses are reduced to score, survey, time, channel and language; follow-ups of "
            "them go."
        ),
    ] = None
    entry_days: Annotated[
        int | None,
        Field(
            description="Timeline entries, the audit trail among them, go; those of mails, consents "
            "and merges stay."
        ),
    ] = None
    next_run_at: Utc | None = None
    last_run: Run | None = None

    @property
    def is_empty(self) -> bool:
        rules = (self.lead_days, self.closed_ticket_days, self.response_days, self.entry_days)
        return all(days is None for days in rules)


class StoredRetention(Retention):
    """With where tonight's job is, a section and the position in it, and until when responses are reduced."""

    step: int = 0
    running: bool = False
    section: int = 0
    after: str | None = None
    reduced_until: Utc = EPOCH


class RetentionPreview(Model):
    """What the rules would take tonight, counted to 1,000 each.

    Of leads those who may be due; of entries the customers who may have some.
    """

    leads: int
    tickets: int
    responses: int
    entries: int


def next_run(after: datetime, zone: ZoneInfo) -> datetime:
    """The next 03:00 of the business that is later than `after`, in UTC."""
    local = after.astimezone(zone)
    today = datetime.combine(local.date(), AT, tzinfo=zone)
    due = today if today > local else datetime.combine(local.date() + timedelta(days=1), AT, tzinfo=zone)
    return due.astimezone(EPOCH.tzinfo)


def cutoff(days: int | None, now: datetime) -> datetime | None:
    """Before when something is too old; None when it never is."""
    return None if days is None else max(now - timedelta(days=days), EPOCH + ids.MILLISECOND)
