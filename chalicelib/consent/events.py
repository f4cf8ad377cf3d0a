"""What is recorded about consent; sources, evidence and interests are private."""

from typing import ClassVar

from chalicelib.kernel.events import EventData


class ConsentChanged(EventData):
    """`state` is what the customer says now."""

    type: ClassVar[str] = "consent.changed"
    customer_id: str
    channel: str
    topic: str
    state: str


class ConsentNoted(EventData):
    """An older statement that came late: kept for the record, it changed nothing."""

    type: ClassVar[str] = "consent.noted"
    customer_id: str
    channel: str
    topic: str
    state: str


class PreferencesChanged(EventData):
    type: ClassVar[str] = "preferences.changed"
    customer_id: str
    changed: list[str]


class TopicChanged(EventData):
    """`changed` is `created` for a new topic, else it names the fields."""

    type: ClassVar[str] = "topic.changed"
    topic: str
    changed: list[str]
