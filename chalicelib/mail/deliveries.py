"""What became of sent mails: the message's status, the timeline, and the suppression of bad addresses."""

from __future__ import annotations

from typing import Any

from chalicelib.kernel.events import EventData
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.work import Work
from chalicelib.mail import bouncing, service, status_store, store, suppression_store
from chalicelib.mail.bouncing import Failed
from chalicelib.mail.events import MailBounced, MailComplained, MailDelivered, MailNotSent
from chalicelib.mail.model import RANK, Status
from chalicelib.mail.notices.delivery_events import DeliveryEvent, Kind, read_delivery_events

_STATUS: dict[Kind, Status] = {
    "delivered": "delivered",
    "bounced": "bounced",
    "complained": "complained",
    "rejected": "failed",
}
"""What SES reports as sent or delayed changes nothing for us."""


def file(work: Work, body: str) -> None:
    """File what one notification says. Raises Invalid when it is none of SES's."""
    events = [event for event in read_delivery_events(body) if event.kind in _STATUS]
    bouncing.note([failed for event in events if (failed := _failed(event))], work.now)
    ours = [event for event in events if event.message_id and event.message_id.startswith("msg_")]
    ours = _of_reader(ours) if any(event.shared for event in ours) else ours
    if ours:
        _report(work, max(ours, key=lambda event: (RANK[_STATUS[event.kind]], event.hard)))


def _failed(event: DeliveryEvent) -> Failed | None:
    """What an event says against its address."""
    if event.kind == "complained":
        return Failed(event.recipient, "complaint", event.at)
    if event.kind == "bounced":
        return Failed(event.recipient, "hard" if event.hard else "soft", event.at)
    return None


def _of_reader(events: list[DeliveryEvent]) -> list[DeliveryEvent]:
    """Without what is reported of those in copy, which says nothing about whom the mail is for: one call."""
    message = service.find(str(events[0].message_id))
    copies = {suppression_store.address_key(one.address) for one in message.cc} if message else set()
    return [event for event in events if suppression_store.address_key(event.recipient) not in copies]


def _report(work: Work, event: DeliveryEvent) -> None:
    """One notification is about one message, whose status only rises."""
    message_id, status = str(event.message_id), _STATUS[event.kind]
    noted: dict[str, Any] = {}
    if status == "delivered":
        noted = {"delivered_at": stamp(event.at)}
    elif event.diagnostic:
        noted = {"failure": event.diagnostic}
    status_store.raise_status(work, message_id, status, **noted)
    work.record(
        store.events_partition(message_id, event.customer_id),
        _recorded(message_id, event),
        customer_id=event.customer_id,
        channel="email",
        occurred_at=event.at,
    )


def _recorded(message_id: str, event: DeliveryEvent) -> EventData:
    match event.kind:
        case "delivered":
            return MailDelivered(message_id=message_id)
        case "bounced":
            return MailBounced(message_id=message_id, hard=event.hard)
        case "complained":
            return MailComplained(message_id=message_id)
        case _:
            return MailNotSent(message_id=message_id, status=_STATUS[event.kind])
