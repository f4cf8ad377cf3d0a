"""Sends a queued mail: claim, check suppression and consent, compose, SES, mark sent. At least once, and no
more than once unless SES's answer was lost, or could not be written down.

A claim lasts longer than a worker may run; a mail whose sender died is taken again after it.
"""

from __future__ import annotations

from botocore.exceptions import ClientError, HTTPClientError

from chalicelib.consent.permission import Question
from chalicelib.kernel import aws, blobs, telemetry
from chalicelib.kernel.commit import commit
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Invalid, NotFound, Repeated, TooLarge, Unavailable
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.work import Work
from chalicelib.mail import service, store, threads
from chalicelib.mail.compose import OutgoingMail, compose
from chalicelib.mail.events import MailNotSent, MailSent
from chalicelib.mail.model import Content, Status, StoredMessage

CLAIM_SECONDS = 65
"""Longer than the worker's timeout, so that no two senders hold one mail."""

COMMIT_TRIES = 3
"""How often it is tried to write that a mail was sent."""

NOT_ALLOWED = "The customer does not allow e-mail on this topic."

_REFUSED = frozenset({"MessageRejected", "InvalidParameterValue", "InvalidParameterCombination"})
"""SES looked at this mail and will never send it; anything else it says may pass."""


def send(work: Work, message_id: str) -> None:
    """Send one mail. Raises Unavailable when to try again, Repeated when there is nothing to do."""
    try:
        until = int(work.now.timestamp()) + CLAIM_SECONDS
        message, claimed = store.claim(message_id, now=work.now, until=until)
    except NotFound:
        raise Repeated("The message was deleted before it was sent.") from None
    if not claimed:
        if message.status == "sending":
            raise Unavailable("Somebody else is sending this mail.")
        raise Repeated("This mail is not waiting to be sent.")
    question = _question(message)
    beside = question.keys if question else ()
    banned, found = store.suppressed((address.address for address in message.to), beside)
    if len(banned) == len(message.to):
        _give_up(work, message, "suppressed", "The address is suppressed.")
    elif question and not question.answer(found, work.now):
        _give_up(work, message, "suppressed", NOT_ALLOWED)
    else:
        _send(work, message, banned)


def _question(message: StoredMessage) -> Question | None:
    """What consent has to say about this mail; nothing about one without a topic, such as an answer."""
    return Question(message.customer_id, "email", message.topic) if message.topic else None


def _send(work: Work, message: StoredMessage, banned: set[str]) -> None:
    try:
        raw = compose(_outgoing(message, banned))
    except (Invalid, TooLarge) as error:
        _give_up(work, message, "failed", error.detail)
        return
    try:
        answer = aws.ses().send_raw_email(
            RawMessage={"Data": raw},
            ConfigurationSetName=settings().configuration_set,
        )
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400) >= 500:
            raise _unknown() from error
        _refused(work, message, error)
        return
    except HTTPClientError as error:
        raise _unknown() from error
    _sent(work, message, answer["MessageId"])


def _unknown() -> Unavailable:
    """Nobody knows whether it went out. The claim stays, so that it is not sent again at once."""
    return Unavailable("SES gave no clear answer.", code="ses_silent")


def _refused(work: Work, message: StoredMessage, error: ClientError) -> None:
    """SES answered no: for good, or for now, and then the claim is given back at once."""
    code, words = error.response["Error"]["Code"], error.response["Error"]["Message"]
    if code in _REFUSED:
        _give_up(work, message, "failed", f"{code}: {words}"[:300])
        return
    released = Work(now=work.now)
    store.release(released, message.id)
    commit(released)
    raise Unavailable("SES does not send now.", ses_code=code) from error


def _outgoing(message: StoredMessage, banned: set[str]) -> OutgoingMail:
    content = Content(text=message.text, elided="", html=None)
    if message.body_key is not None:
        content = Content.model_validate(blobs.get_json(message.body_key), strict=False)
    ulid = (message.thread_id or "").rpartition("_")[2]
    mailbox = message.from_.address if message.from_ else settings().support_address
    reply_to, references = None, list(message.references)
    if ulid:
        reply_to = message.from_ and message.from_.model_copy(
            update={"address": threads.reply_address(ulid, mailbox)}
        )
        references.insert(0, threads.signed_id(ulid, mailbox.partition("@")[2]))
    tags = {"message": message.id} | ({"customer": message.customer_id} if message.customer_id else {})
    if message.from_ is None:
        raise Invalid("The mail has no sender.")
    return OutgoingMail(
        from_=message.from_,
        to=tuple(address for address in message.to if address.address not in banned),
        reply_to=reply_to,
        subject=message.subject,
        text=content.text,
        html=content.html,
        in_reply_to=message.in_reply_to,
        references=tuple(references),
        tags=tags,
        auto_reply=message.auto_reply,
    )


def _sent(work: Work, message: StoredMessage, ses_message_id: str) -> None:
    """Write that it was sent, and index SES's id; a delivery report may have been faster."""
    bare = ses_message_id.partition("@")[0]
    done = Work(now=work.now)
    _record_sent(done, message, bare)
    store.raise_status(done, message.id, "sent", ses_message_id=bare, sent_at=stamp(work.now))
    try:
        _commit_at_last(done)
    except Repeated:
        late = Work(now=work.now)
        _record_sent(late, message, bare)
        store.note_ses_id(late, message.id, bare)
        _commit_at_last(late)


def _commit_at_last(work: Work) -> None:
    """Commit, and not give up soon: what is not written now would be sent again."""
    for _ in range(COMMIT_TRIES - 1):
        try:
            return commit(work)
        except Unavailable:
            telemetry.logger.warning("a mail was sent and cannot be marked yet")
    return commit(work)


def _record_sent(work: Work, message: StoredMessage, ses_message_id: str) -> None:
    store.index_sent(work, threads.index_key("ses", ses_message_id), message)
    service.record(work, message, MailSent(message_id=message.id, thread_id=message.thread_id))


def _give_up(work: Work, message: StoredMessage, status: Status, reason: str) -> None:
    store.raise_status(work, message.id, status, failure=reason)
    event = MailNotSent(message_id=message.id, thread_id=message.thread_id, status=status)
    service.record(work, message, event)
