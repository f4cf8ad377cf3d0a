"""What became of sent mails: the message's status, the timeline, and the suppression of bad addresses."""

from __future__ import annotations

from typing import Any, Literal

from chalicelib.kernel.commit import commit
from chalicelib.kernel.errors import Repeated, Stale, Unavailable
from chalicelib.kernel.events import EventData
from chalicelib.kernel.work import Work
from chalicelib.mail import service, store, suppression
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

TRIES = 4
"""How often a bounce is counted anew when another one of the address came between."""


def file(work: Work, body: str) -> None:
    """File what one notification says. Raises Invalid when it is none of SES's."""
    events = [event for event in read_delivery_events(body) if event.kind in _STATUS]
    _suppress(events)
    ours = [event for event in events if event.message_id and event.message_id.startswith("msg_")]
    ours = _of_reader(ours) if any(event.shared for event in ours) else ours
    if ours:
        _report(work, max(ours, key=lambda event: (RANK[_STATUS[event.kind]], event.hard)))


def _of_reader(events: list[DeliveryEvent]) -> list[DeliveryEvent]:
    """Without what is reported of those in copy, which says nothing about whom the mail is for: one call."""
    message = service.find(str(events[0].message_id))
    copies = {store.suppression_key(one.address) for one in message.cc} if message else set()
    return [event for event in events if store.suppression_key(event.recipient) not in copies]


def _suppress(events: list[DeliveryEvent]) -> None:
    """Note each recipient's bounce now: it holds even where the report comes late or its message is gone."""
    for event in {store.suppression_key(event.recipient): event for event in events}.values():
        if event.hard or event.kind == "bounced":
            _note(event)


def _note(event: DeliveryEvent) -> None:
    for _ in range(TRIES):
        apart = Work()
        try:
            if event.hard:
                reason: Literal["bounce", "complaint"] = (
                    "complaint" if event.kind == "complained" else "bounce"
                )
                suppression.note_hard(apart, event.recipient, reason)
            else:
                suppression.note_soft(apart, event.recipient, event.at)
            return commit(apart)
        except Repeated:
            return
        except Stale:
            continue
    raise Unavailable("Others keep counting bounces of this address.")


def _report(work: Work, event: DeliveryEvent) -> None:
    """One notification is about one message, whose status only rises."""
    message_id, status = str(event.message_id), _STATUS[event.kind]
    failed = bool(event.diagnostic) and status != "delivered"
    failure: dict[str, Any] = {"failure": event.diagnostic} if failed else {}
    store.raise_status(work, message_id, status, **failure)
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
