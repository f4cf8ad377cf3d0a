"""What is recorded about service levels."""

from typing import ClassVar

from chalicelib.kernel.events import EventData, Waking
from chalicelib.kernel.model import Utc


class PolicyChanged(EventData):
    """`changed` is `created` or `deleted`, else it names the fields."""

    type: ClassVar[str] = "sla.policy_changed"
    audited: ClassVar[bool] = True
    policy_id: str
    changed: list[str]


class SlaWarning(EventData):
    """`target` (`first_response`, `next_response`, `resolution`) is due soon, and not done."""

    type: ClassVar[str] = "ticket.sla_warning"
    ticket_id: str
    policy_id: str
    target: str
    due_at: Utc | None


class SlaBreached(EventData):
    """`target` was due at this time, and was not done."""

    type: ClassVar[str] = "ticket.sla_breached"
    ticket_id: str
    policy_id: str
    target: str
    due_at: Utc | None


class SlaScheduled(Waking):
    """Sets the timer of the next warning or breach."""

    type: ClassVar[str] = "ticket.sla_scheduled"
    ticket_id: str
