"""What became of sent mails: the message's status, the timeline, and the suppression of bad addresses."""

from __future__ import annotations

from chalicelib.kernel.work import Work
from chalicelib.mail import store
from chalicelib.mail.events import MailBounced, MailComplained, MailDelivered
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
    for address in sorted({event.recipient for event in events if event.hard}):
        reason = "complaint" if any(event.kind == "complained" for event in events) else "bounce"
        store.suppress(work, address, reason)
    ours = [event for event in events if event.message_id and event.message_id.startswith("msg_")]
    if ours:
        _report(work, max(ours, key=lambda event: RANK[_STATUS[event.kind]]))


def _report(work: Work, event: DeliveryEvent) -> None:
    """One notification is about one message, whose status only rises."""
    message_id, status = str(event.message_id), _STATUS[event.kind]
    failure = {"failure": event.diagnostic} if event.diagnostic and status != "delivered" else {}
    store.raise_status(work, message_id, status, **failure)
    recorded = {
        "delivered": MailDelivered(message_id=message_id),
        "bounced": MailBounced(message_id=message_id, hard=event.hard),
        "complained": MailComplained(message_id=message_id),
    }
    if event.kind in recorded:
        work.record(
            store.events_partition(message_id, event.customer_id),
            recorded[event.kind],
            customer_id=event.customer_id,
            channel="email",
            occurred_at=event.at,
        )
