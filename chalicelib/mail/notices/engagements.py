"""That a mail was opened or a link of it followed, as SES tells it; without its reader's network address."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ValidationError

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.model import Line, Model, Utc
from chalicelib.mail.notices.delivery_events import tag
from chalicelib.mail.notices.notifications import first_moment, read_notification, section, word
from chalicelib.mail.reading.charsets import one_line

MAX_LINK = 300
"""Characters of a link that are kept."""


class Engagement(Model):
    """`sent_at` is when SES took the mail, `message_id` ours; `link` is there when one was followed."""

    message_id: Annotated[str, Line(64)]
    sent_at: Utc
    at: Utc
    user_agent: Annotated[str, Line(300, 0)]
    link: Annotated[str, Line(MAX_LINK, 0)] | None


_SECTIONS: dict[str, Literal["open", "click"]] = {"Open": "open", "Click": "click"}


def read_engagement(body: str) -> Engagement | None:
    """What an SQS body tells; None when that is something else, Invalid when it is no SES message."""
    message = read_notification(body)
    name = _SECTIONS.get(word(message, "eventType")) if message else None
    if message is None or name is None:
        return None
    mail, details = section(message, "mail"), section(message, name)
    message_id = tag(mail, "message")
    if message_id is None:
        return None
    try:
        return Engagement(
            message_id=message_id,
            sent_at=first_moment(word(mail, "timestamp")),
            at=first_moment(word(details, "timestamp"), word(mail, "timestamp")),
            user_agent=one_line(word(details, "userAgent"), 300),
            link=one_line(word(details, "link"), MAX_LINK) if name == "click" else None,
        )
    except ValidationError as error:
        raise Invalid("The event is outside its bounds.", code="unreadable_notification") from error
