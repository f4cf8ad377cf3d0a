"""What happened between a customer and us: entries, and interactions that people log."""

from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.kernel import ids
from chalicelib.kernel.model import Line, Model, Stored, Text, Utc

Channel = Literal[
    "email", "web", "mobile", "chat", "sms", "phone", "fax", "store", "letter", "social", "event"
]
Direction = Literal["inbound", "outbound"]
EntryType = Annotated[str, Field(pattern="^[a-z_]{1,40}([.][a-z_]{1,40})?$")]
EventId = Annotated[str, ids.id_of("evt")]


class NewInteraction(Model):
    """A contact on any channel; without `occurred_at` it happened now, never in the future."""

    channel: Channel
    direction: Direction
    summary: Annotated[str, Text(4000)]
    outcome: Annotated[str, Line(100)] | None = None
    occurred_at: Utc | None = None


class Actor(Stored):
    """Who did it: an API key or the system, and the member of staff it acted for."""

    id: str
    staff_id: str | None = None


class Entry(Stored):
    """One entry of a timeline. `data` is what was published of the event, `details` what was not."""

    id: EventId
    type: str
    occurred_at: Utc
    recorded_at: Utc
    customer_id: str | None = None
    channel: str | None = None
    summary: str | None = None
    actor: Actor
    bulk: bool = False
    data: dict[str, Any] = {}
    details: dict[str, Any] = {}
