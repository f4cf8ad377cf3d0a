"""Consent: what somebody said about a channel and a topic, and what several such statements come to."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from chalicelib.kernel.model import Line, LocalTime, Model, Stored, Text, Utc, each_once

Channel = Literal["email", "sms", "phone", "letter", "mobile", "chat", "social", "fax", "web"]
"""The ways that we reach out on; `mobile` is a notification on a phone."""

State = Literal["granted", "pending", "withdrawn", "denied"]
"""`pending` waits for what double opt-in asks for; `withdrawn` took a grant back (GDPR Art. 7(3))."""

STRICTEST: tuple[State, ...] = ("denied", "withdrawn", "pending", "granted")
"""The first of these that was stated holds."""

NO: tuple[State, ...] = ("denied", "withdrawn")
"""What forbids, whatever the topic."""

Basis = Literal[
    "consent", "contract", "legal_obligation", "vital_interests", "public_task", "legitimate_interests"
]
"""Why it is lawful (GDPR Art. 6(1) a to f)."""

SERVICE = "service"
"""The topic that is always there: answers, receipts, notices about what they bought. Lawful unless denied."""

TopicId = Annotated[str, Field(pattern="^[a-z][a-z0-9_-]{0,39}$", examples=["newsletter"])]
Given = Annotated[str, Line(100), Field(description="Where it was said, such as `web form /signup`.")]
Evidence = Annotated[
    str, Text(1000), Field(description="What proves it: the wording they were shown, a recording's number.")
]


class NewTopic(Model):
    """Something to write or call about. With `double_opt_in`, a grant by e-mail waits to be confirmed."""

    id: TopicId
    name: Annotated[str, Line(100)]
    description: Annotated[str, Text(1000)] | None = None
    double_opt_in: bool = True


class TopicPatch(Model):
    """A JSON Merge Patch; with `active: false` nothing is sent on the topic any more, and nobody can join."""

    name: Annotated[str, Line(100)] = ""
    description: Annotated[str, Text(1000)] | None = None
    double_opt_in: bool = True
    active: bool = True


class Topic(Stored):
    """A topic is never deleted: its id would come back with the consents that were given to another one."""

    id: TopicId
    version: int
    name: str
    description: str | None = None
    double_opt_in: bool
    active: bool = True
    created_at: Utc
    updated_at: Utc


class NewConsent(Model):
    """What somebody said; without `occurred_at` they said it now."""

    channel: Channel
    topic: TopicId
    state: Literal["granted", "denied", "withdrawn"]
    basis: Basis = "consent"
    source: Given
    evidence: Evidence | None = None
    occurred_at: Utc | None = None
    valid_until: Annotated[Utc | None, Field(description="From then on a grant says nothing any more.")] = (
        None
    )


class Consent(Stored):
    """What is known of one channel and topic of a customer. `confirmed_at` is when they answered our mail."""

    customer_id: str
    channel: Channel
    topic: str
    version: int
    state: State
    basis: Basis
    source: str
    evidence: str | None = None
    occurred_at: Utc
    valid_until: Utc | None = None
    confirmed_at: Utc | None = None


class StoredConsent(Consent):
    """`covers`: the merged ids that the customer had when they said it, and so spoke for too.

    `asked_at_hash` is the keyed hash of the address that is to confirm, or did.
    """

    covers: list[str] = []
    asked_at_hash: str | None = None

    @property
    def shown(self) -> Consent:
        """The statement without what only we need."""
        return Consent.model_validate(self.model_dump(include=set(Consent.model_fields)))

    def says(self, at: datetime) -> State | None:
        """What it says at this time; an expired grant says nothing."""
        expired = self.state == "granted" and self.valid_until is not None and self.valid_until <= at
        return None if expired else self.state

    def is_newer_than(self, at: datetime, state: State) -> bool:
        """Whether this holds against a statement of that time; of the same time the stricter one does."""
        if self.occurred_at != at:
            return self.occurred_at > at
        return STRICTEST.index(self.state) < STRICTEST.index(state)


def strictest(statements: Iterable[StoredConsent], at: datetime) -> State | None:
    """What a group of merged customers comes to on one channel and topic; None when nobody said anything.

    Who said nothing changes nothing. What was said for the whole group after a merge replaces what its
    members had said before; so somebody whose other record once said no can still say yes.
    """
    given = list(statements)
    said = {one.says(at) for one in given if not any(_replaces(other, one) for other in given)}
    return next((state for state in STRICTEST if state in said), None)


def _replaces(later: StoredConsent, earlier: StoredConsent) -> bool:
    return earlier.customer_id in later.covers and later.is_newer_than(earlier.occurred_at, earlier.state)


def permits(topic: str, state: State | None) -> bool:
    """Whether we may: service unless they said no, anything else only when they said yes."""
    return state not in NO if topic == SERVICE else state == "granted"


class Effective(Model):
    """What the customer's statements, and those of whom they were merged with, come to."""

    channel: Channel
    topic: str
    state: State | None
    allowed: bool


class Permission(Model):
    """Whether we may, from all that is known: an unknown or ended topic is not allowed."""

    customer_id: str
    channel: Channel
    topic: str
    allowed: bool


def effective(statements: Iterable[StoredConsent], at: datetime) -> list[Effective]:
    """What the statements of a group come to, by channel and topic."""
    said: dict[tuple[Channel, str], list[StoredConsent]] = {}
    for one in statements:
        said.setdefault((one.channel, one.topic), []).append(one)
    found = []
    for (channel, topic), given in sorted(said.items()):
        state = strictest(given, at)
        found.append(Effective(channel=channel, topic=topic, state=state, allowed=permits(topic, state)))
    return found


class Consents(Model):
    """Every statement, and what they come to. A channel and topic that is not listed is not allowed."""

    customer_id: str
    statements: list[Consent]
    effective: list[Effective]


class PreferencesPatch(Model):
    """A JSON Merge Patch: null takes a preference away."""

    preferred_channel: Channel | None = None
    contact_from: LocalTime | None = None
    contact_to: LocalTime | None = None
    interests: Annotated[list[Annotated[str, Line(50)]], Field(max_length=50), AfterValidator(each_once)] = []


class Preferences(Stored):
    """How somebody likes to be reached, in their own time zone; a wish, beside what they allow."""

    customer_id: str
    version: int = 0
    preferred_channel: Channel | None = None
    contact_from: str | None = None
    contact_to: str | None = None
    interests: list[str] = []
