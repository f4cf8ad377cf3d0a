"""What became of a mail we sent, as SES tells it: one event for each recipient, in both of its shapes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Annotated, Literal, NamedTuple

from pydantic import ValidationError

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.model import Line, Model, Utc
from chalicelib.mail.notices.notifications import (
    Json,
    first_moment,
    needed,
    objects,
    read_notification,
    section,
    word,
    words,
)
from chalicelib.mail.parts import MailboxAddress
from chalicelib.mail.reading.charsets import one_line
from chalicelib.mail.reading.statuses import is_hard, status_in

Kind = Literal["sent", "delivered", "bounced", "complained", "delayed", "rejected"]

_TAG = re.compile(r"[A-Za-z0-9_-]{1,64}")


class DeliveryEvent(Model):
    """`message_id` and `customer_id` are ours, from the tags; `hard` means: suppress the address at once."""

    kind: Kind
    hard: bool
    recipient: MailboxAddress
    message_id: Annotated[str, Line(64)] | None
    customer_id: Annotated[str, Line(64)] | None
    ses_message_id: Annotated[str, Line(200)]
    at: Utc
    diagnostic: Annotated[str, Line(300)] | None
    shared: bool = False
    """Whether the mail went to others, too."""


class _Outcome(NamedTuple):
    recipient: str
    hard: bool = False
    diagnostic: str = ""


def read_delivery_events(body: str) -> list[DeliveryEvent]:
    """Every recipient in an SQS body; empty for types we do not follow, Invalid for no SES message."""
    message = read_notification(body)
    if message is None:
        return []
    kind_name = word(message, "eventType") or needed(message, "notificationType")
    if kind_name not in _READERS:
        return []
    kind, section_name, outcomes_of = _READERS[kind_name]
    mail = section(message, "mail")
    details = message.get(section_name)
    try:
        return _events(kind, mail, details if isinstance(details, dict) else {}, outcomes_of)
    except ValidationError as error:
        raise Invalid("The event is outside its bounds.", code="unreadable_notification") from error


def _events(
    kind: Kind, mail: Json, details: Json, outcomes_of: Callable[[Json, Json], Iterator[_Outcome]]
) -> list[DeliveryEvent]:
    at = first_moment(word(details, "timestamp"), word(mail, "timestamp"))
    return [
        DeliveryEvent(
            kind=kind,
            hard=outcome.hard,
            recipient=_bare_address(outcome.recipient),
            message_id=tag(mail, "message"),
            customer_id=tag(mail, "customer"),
            ses_message_id=needed(mail, "messageId").strip("<>").partition("@")[0],
            at=at,
            diagnostic=one_line(outcome.diagnostic, 300) or None,
            shared=len(words(mail, "destination")) > 1,
        )
        for outcome in outcomes_of(mail, details)
    ]


def _bare_address(recipient: str) -> str:
    """SES repeats a recipient as it was addressed, at times with a display name."""
    inside = re.search(r"<([^<>]+)>\s*$", recipient)
    return inside[1] if inside else recipient


def tag(mail: Json, name: str) -> str | None:
    tags = mail.get("tags")
    values = words(tags, name) if isinstance(tags, dict) else []
    return values[0] if values and _TAG.fullmatch(values[0]) else None


def _to_all(mail: Json, details: Json) -> Iterator[_Outcome]:
    for recipient in words(mail, "destination"):
        yield _Outcome(recipient, diagnostic=word(details, "reason"))


def _delivered(mail: Json, details: Json) -> Iterator[_Outcome]:
    for recipient in words(details, "recipients") or words(mail, "destination"):
        yield _Outcome(recipient, diagnostic=word(details, "smtpResponse"))


def _bounced(_mail: Json, details: Json) -> Iterator[_Outcome]:
    permanent = word(details, "bounceType") == "Permanent"
    for entry in objects(details, "bouncedRecipients"):
        diagnostic = word(entry, "diagnosticCode")
        status = word(entry, "status") or status_in(diagnostic)
        yield _Outcome(_recipient(entry), permanent or is_hard(status), diagnostic or status or "")


def _complained(_mail: Json, details: Json) -> Iterator[_Outcome]:
    feedback = word(details, "complaintFeedbackType")
    if feedback == "not-spam":  # the recipient took us out of the spam folder
        return
    for entry in objects(details, "complainedRecipients"):
        yield _Outcome(_recipient(entry), hard=True, diagnostic=feedback)


def _delayed(_mail: Json, details: Json) -> Iterator[_Outcome]:
    for entry in objects(details, "delayedRecipients"):
        diagnostic = word(entry, "diagnosticCode") or word(details, "delayType")
        yield _Outcome(_recipient(entry), diagnostic=diagnostic)


def _recipient(entry: Json) -> str:
    return needed(entry, "emailAddress")


_READERS: dict[str, tuple[Kind, str, Callable[[Json, Json], Iterator[_Outcome]]]] = {
    "Send": ("sent", "send", _to_all),
    "Delivery": ("delivered", "delivery", _delivered),
    "Bounce": ("bounced", "bounce", _bounced),
    "Complaint": ("complained", "complaint", _complained),
    "DeliveryDelay": ("delayed", "deliveryDelay", _delayed),
    "Reject": ("rejected", "reject", _to_all),
}
