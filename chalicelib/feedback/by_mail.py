"""Mails to a feedback mailbox: each is a comment of its sender."""

from __future__ import annotations

from chalicelib.feedback.model import MAX_COMMENT, NewFeedback, Submission
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Repeated
from chalicelib.kernel.events import Published
from chalicelib.mail import service as mail
from chalicelib.mail.model import StoredMessage

SURVEY = "mail"


def read_event(body: str) -> Submission:
    """The response in the mail that an event tells of: one call.

    Raises Invalid for no event of ours, Repeated when there is nothing to take: the mail is gone, is no
    person's, or says nothing.
    """
    message = mail.find(str(Published.of(body).data.get("message_id")))
    if message is None or not _counts(message):
        raise Repeated("There is no comment in this mail.")
    response = NewFeedback(
        customer_id=message.customer_id,
        survey=SURVEY,
        kind="comment",
        comment=message.text[:MAX_COMMENT],
        channel="email",
        language=message.language,
    )
    return Submission(
        version=1,
        id=ids.keyed_id("fbk", message.id),
        submitted_at=message.created_at,
        submitted_by="mail",
        response=response,
    )


def _counts(message: StoredMessage) -> bool:
    """A person wrote something, and it is neither spam nor infected."""
    harmless = message.state not in ("spam", "quarantined")
    return message.mail_class == "human" and harmless and bool(message.text.strip())
