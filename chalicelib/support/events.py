"""What is recorded about tickets; subjects and texts are private."""

from typing import ClassVar

from chalicelib.kernel.events import EventData, Waking


class TicketOpened(EventData):
    """`message_id` names what was said, when no mail brought it."""

    type: ClassVar[str] = "ticket.opened"
    ticket_id: str
    channel: str
    priority: str
    message_id: str | None = None
    assignee: str | None = None


class TicketChanged(EventData):
    """`changed` names the fields; `status` is the one it has now, `assignee` whoever was just assigned."""

    type: ClassVar[str] = "ticket.changed"
    audited: ClassVar[bool] = True
    audited_by: ClassVar[tuple[str, str]] = ("tkt", "ticket_id")
    ticket_id: str
    ticket_version: int
    changed: list[str]
    status: str
    assignee: str | None = None


class TicketNoted(EventData):
    type: ClassVar[str] = "ticket.noted"
    ticket_id: str
    message_id: str
    mentions: list[str] = []


class TicketSnoozed(Waking):
    """Sets the timer that wakes the ticket."""

    type: ClassVar[str] = "ticket.snoozed"
    ticket_id: str


class TicketWoken(EventData):
    type: ClassVar[str] = "ticket.woken"
    ticket_id: str


class TicketClosing(Waking):
    """Sets the timer that closes a solved ticket."""

    type: ClassVar[str] = "ticket.closing"
    ticket_id: str


class TicketMerged(EventData):
    type: ClassVar[str] = "ticket.merged"
    audited: ClassVar[bool] = True
    audited_by: ClassVar[tuple[str, str]] = ("tkt", "ticket_id")
    ticket_id: str
    merged_id: str


class TicketUnmerged(EventData):
    type: ClassVar[str] = "ticket.unmerged"
    audited: ClassVar[bool] = True
    audited_by: ClassVar[tuple[str, str]] = ("tkt", "ticket_id")
    ticket_id: str
    merged_id: str


class TicketSplit(EventData):
    """`new_id` has the messages now."""

    type: ClassVar[str] = "ticket.split"
    audited: ClassVar[bool] = True
    audited_by: ClassVar[tuple[str, str]] = ("tkt", "ticket_id")
    ticket_id: str
    new_id: str
    message_ids: list[str]


class SupportChanged(EventData):
    """How the business handles tickets; `changed` names the settings."""

    type: ClassVar[str] = "support.changed"
    audited: ClassVar[bool] = True
    changed: list[str]
