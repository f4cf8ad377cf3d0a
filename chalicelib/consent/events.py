"""What is recorded about consent; sources, evidence and interests are private."""

from typing import ClassVar

from chalicelib.kernel.events import EventData


class ConsentChanged(EventData):
    """`state` is what the customer says now."""

    type: ClassVar[str] = "consent.changed"
    audited: ClassVar[bool] = True
    customer_id: str
    channel: str
    topic: str
    state: str


class ConsentNoted(EventData):
    """An older statement that came late: kept for the record, it changed nothing."""

    type: ClassVar[str] = "consent.noted"
    audited: ClassVar[bool] = True
    customer_id: str
    channel: str
    topic: str
    state: str


class PreferencesChanged(EventData):
    type: ClassVar[str] = "preferences.changed"
    audited: ClassVar[bool] = True
    customer_id: str
    changed: list[str]


class TopicChanged(EventData):
    """`changed` is `created` for a new topic, else it names the fields."""

    type: ClassVar[str] = "topic.changed"
    audited: ClassVar[bool] = True
    topic: str
    changed: list[str]
