"""What is recorded about tickets; subjects and texts are private."""

from typing import ClassVar

from chalicelib.kernel.events import EventData, Waking


class TicketOpened(EventData):
    type: ClassVar[str] = "ticket.opened"
    ticket_id: str
    channel: str
    priority: str


class TicketChanged(EventData):
    """`changed` names the fields; `status` is the one it has now."""

    type: ClassVar[str] = "ticket.changed"
    audited: ClassVar[bool] = True
    audited_by: ClassVar[tuple[str, str]] = ("tkt", "ticket_id")
    ticket_id: str
    ticket_version: int
    changed: list[str]
    status: str


class TicketNoted(EventData):
    type: ClassVar[str] = "ticket.noted"
    ticket_id: str
    message_id: str


class TicketSnoozed(Waking):
    """Sets the timer that wakes the ticket."""

    type: ClassVar[str] = "ticket.snoozed"
    ticket_id: str


class TicketWoken(EventData):
    type: ClassVar[str] = "ticket.woken"
    ticket_id: str
