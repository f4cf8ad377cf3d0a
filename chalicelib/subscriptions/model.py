"""What asks for double opt-in, what it comes to, and how often an address may be asked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from chalicelib.consent.model import Consent, Evidence, Given, TopicId
from chalicelib.customers.model import Locale, Name
from chalicelib.kernel.addresses import EmailAddress
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.model import Model

VALID_FOR = timedelta(days=7)
"""How long the link in a confirmation mail works."""

PAUSE, WINDOW, MOST = timedelta(hours=1), timedelta(days=1), 5
"""One address is asked about one topic once an hour, and five times a day, at most."""


class NewConfirmation(Model):
    """Ask a customer to confirm a topic by mail; without `email` at their primary address."""

    topic: TopicId
    source: Given
    evidence: Evidence | None = None
    email: EmailAddress | None = None


class NewSubscription(Model):
    """Somebody signed up, known to us or not. `locale` decides the mail's language for who is new."""

    email: EmailAddress
    name: Name | None = None
    topic: TopicId
    locale: Locale | None = None
    source: Given
    evidence: Evidence | None = None


class Subscription(Model):
    """What holds now, and the mail that asks for confirmation, if one goes out."""

    customer_id: str
    consent: Consent
    message_id: Annotated[str | None, Field(description="None when there is nothing to confirm.")] = None


def asked_once_more(asked: Sequence[datetime], now: datetime) -> list[datetime]:
    """When an address was asked within the last day, this time included.

    Raises Conflict `asked_recently`, with the seconds to wait, when that is too often.
    """
    recent = sorted(at for at in asked if at > now - WINDOW)
    waits = [at + PAUSE for at in recent[-1:]] + [at + WINDOW for at in recent[: len(recent) - MOST + 1]]
    wait = max(waits, default=now) - now
    if wait > timedelta(0):
        raise Conflict(
            "This address was asked about this topic not long ago.",
            code="asked_recently",
            retry_after=int(wait.total_seconds()) + 1,
        )
    return [*recent, now]
