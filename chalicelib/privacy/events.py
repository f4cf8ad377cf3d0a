"""What is recorded about privacy; it lies with the request itself, and so outlives the person."""

from typing import ClassVar

from chalicelib.kernel.events import Continuing, EventData, Waking


class AccessRequested(Continuing):
    """Begins the job that collects everything."""

    type: ClassVar[str] = "privacy.access_requested"
    customer_id: str


class AccessAdvanced(Continuing):
    """A volume is done, and there is more."""

    type: ClassVar[str] = "privacy.access_advanced"


class AccessFinished(EventData):
    type: ClassVar[str] = "privacy.access_finished"
    access_request_id: str
    customer_id: str


class AccessHandedOut(EventData):
    """Somebody got links to the archive."""

    type: ClassVar[str] = "privacy.access_handed_out"
    access_request_id: str
    customer_id: str


class RetentionChanged(EventData):
    """`changed` names the rules; their old and new days are private."""

    type: ClassVar[str] = "privacy.retention_changed"
    changed: list[str]


class RetentionScheduled(Waking):
    """Sets the timer of the next night."""

    type: ClassVar[str] = "privacy.retention_scheduled"


class RetentionAdvanced(Continuing):
    type: ClassVar[str] = "privacy.retention_advanced"


class RetentionApplied(EventData):
    """A night's work is done: how many of each kind."""

    type: ClassVar[str] = "privacy.retention_applied"
    leads: int
    tickets: int
    responses: int
    entries: int


class ErasureRequested(Continuing):
    """Begins the job that erases; `customer_ids` are all ids of the person."""

    type: ClassVar[str] = "privacy.erasure_requested"
    customer_id: str
    customer_ids: list[str]
    reason: str


class ErasureAdvanced(Continuing):
    type: ClassVar[str] = "privacy.erasure_advanced"


class ErasureSettling(Waking):
    """Everything is gone; sets the timer for another look, at what was under way meanwhile."""

    type: ClassVar[str] = "privacy.erasure_settling"
    erasure_id: str


class ErasureFinished(EventData):
    type: ClassVar[str] = "privacy.erasure_finished"
    erasure_id: str
    customer_id: str
