"""Sends a queued mail: claim, check suppression, consent and quiet hours, compose, SES, mark sent.

At least once, and no more than once unless SES's answer was lost, or could not be written down. A claim lasts
longer than a worker may run; whoever finds one that is over cannot know whether that mail went out. It is
marked `uncertain`; an answer or a notice is sent again, a campaign's mail is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from chalicelib.consent import preferences
from chalicelib.consent.permission import Question
from chalicelib.customers import service as customers
from chalicelib.customers.model import Customer
from chalicelib.kernel import aws, telemetry
from chalicelib.kernel.commit import commit
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Invalid, NotFound, Repeated, TooLarge, Unavailable
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.mail import service, status_store, suppression_store, thread_store, threads
from chalicelib.mail.compose import compose, recipients
from chalicelib.mail.events import MailDeferred, MailNotSent, MailSent
from chalicelib.mail.model import Status, StoredMessage
from chalicelib.mail.pacing import Pacer
from chalicelib.mail.quiet import Quiet, next_good_moment
from chalicelib.mail.wire import outgoing

CLAIM_SECONDS = 65
"""Longer than the worker's timeout, so that no two senders hold one mail."""

COMMIT_TRIES = 3
"""How often it is tried to write that a mail was sent."""

PATIENT_TRIES = 3
"""After so many that SES throttled, a mail waits for a timer: its queue would give it up soon."""
THROTTLED_FOR, FULL_FOR = timedelta(minutes=5), timedelta(hours=1)
"""How long mails wait for SES's rate, and for its daily quota."""

NOT_ALLOWED = "The customer does not allow e-mail on this topic."
LOST = "SES's answer was lost, and a campaign's mail is not sent twice: it may have gone out once."

_REFUSED = frozenset({"MessageRejected", "InvalidParameterValue", "InvalidParameterCombination"})
"""SES looked at this mail and will never send it; anything else it says may pass."""


class _Reader(NamedTuple):
    """What was read about whom a mail is for: addresses that must not be mailed, and what consent knows."""

    banned: set[str]
    found: dict[Key, Item]
    customer: Customer | None


def send(work: Work, message_id: str, pacer: Pacer) -> None:
    """Send one mail. Raises Unavailable when to try again, Repeated when there is nothing to do."""
    message = _claimed(work, message_id)
    if message.uncertain and message.campaign:
        _give_up(work, message, "failed", LOST)
        return
    with _released_on_failure(message):
        question = _question(message)
        reader = _reader(message, question)
    if reader.banned.issuperset(one.address for one in message.to):
        _give_up(work, message, "suppressed", "The address is suppressed.")
    elif question and not question.answer(reader.found, work.now):
        _give_up(work, message, "suppressed", NOT_ALLOWED)
    elif (later := _too_early(message, reader, pacer, work.now)) is not None:
        _defer(work, message, *later)
    else:
        _send(work, message, reader, pacer)


def _claimed(work: Work, message_id: str) -> StoredMessage:
    try:
        until = int(work.now.timestamp()) + CLAIM_SECONDS
        message, claimed = status_store.claim(message_id, now=work.now, until=until)
    except NotFound:
        raise Repeated("The message was deleted before it was sent.") from None
    if claimed:
        return message
    if message.status == "sending":
        left = message.claimed_until - int(work.now.timestamp()) + 1
        raise Unavailable("Somebody else is sending this mail.", retry_after=left)
    raise Repeated("This mail is not waiting to be sent, or not yet.")


@contextmanager
def _released_on_failure(message: StoredMessage) -> Iterator[None]:
    """Give the claim back when something fails before SES was asked: then it is certain."""
    try:
        yield
    except Exception:
        _release(message.id)
        raise


def _release(message_id: str) -> None:
    released = Work()
    status_store.release(released, message_id)
    commit(released)


def _question(message: StoredMessage) -> Question | None:
    """What consent has to say about this mail; nothing about one without a topic, such as an answer."""
    return Question(message.customer_id, "email", message.topic) if message.topic else None


def _reader(message: StoredMessage, question: Question | None) -> _Reader:
    """All that decides about the mail: one call."""
    beside = list(question.keys) if question else []
    if message.campaign and message.customer_id:
        beside.append(preferences.key(message.customer_id))
    addresses = [address.address for address in (*message.to, *message.cc)]
    banned, found = suppression_store.suppressed(addresses, beside)
    profile = found.get(customers.profile_key(message.customer_id)) if message.customer_id else None
    return _Reader(banned, found, customers.of_item(profile) if profile else None)


def _too_early(
    message: StoredMessage, reader: _Reader, pacer: Pacer, now: datetime
) -> tuple[datetime, str] | None:
    """Until when a campaign's mail has to wait, and why: its reader's quiet hours, or SES's daily quota."""
    if message.campaign is None:
        return None
    good = next_good_moment(now, _zone(reader), _quiet(message, reader))
    if good > now:
        return good, "quiet_hours"
    return (now + FULL_FOR, "daily_quota") if pacer.day_is_full else None


def _zone(reader: _Reader) -> ZoneInfo:
    own = reader.customer.time_zone if reader.customer else None
    return ZoneInfo(own) if own else settings().zone


def _quiet(message: StoredMessage, reader: _Reader) -> list[Quiet | None]:
    """The business's quiet hours, and all but the hours in which the reader likes to be reached."""
    begin, _, end = settings().quiet_hours.partition("-")
    item = reader.found.get(preferences.key(message.customer_id)) if message.customer_id else None
    wish = preferences.of_item(item) if item else None
    return [Quiet.of(begin, end), Quiet.of(wish.contact_to, wish.contact_from) if wish else None]


def _send(work: Work, message: StoredMessage, reader: _Reader, pacer: Pacer) -> None:
    with _released_on_failure(message):
        try:
            mail = outgoing(message, reader.banned, _locale(message, reader))
            raw, destinations = compose(mail), recipients(mail)
        except (Invalid, TooLarge, NotFound) as error:
            _give_up(work, message, "failed", error.detail)
            return
        pacer.wait(len(destinations))
    try:
        answer = aws.ses().send_raw_email(
            RawMessage={"Data": raw},
            Destinations=destinations,
            ConfigurationSetName=_configuration_set(message),
        )
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400) >= 500:
            raise _unknown() from error
        _refused(work, message, error)
        return
    except HTTPClientError as error:
        raise _unknown() from error
    except ConnectionError as error:
        _release(message.id)
        raise Unavailable("SES cannot be reached.") from error
    _sent(work, message, answer["MessageId"])


def _configuration_set(message: StoredMessage) -> str:
    """That by which SES tracks the mail, unless the stack does without meanwhile."""
    tracking = settings().tracking_configuration_set if message.tracked else ""
    return tracking or settings().configuration_set


def _locale(message: StoredMessage, reader: _Reader) -> str | None:
    """The language of what stands below the mail: the template's, else the reader's."""
    if message.template:
        return message.template.language
    return reader.customer.locale if reader.customer else None


def _unknown() -> Unavailable:
    """Nobody knows whether it went out. The claim stays, and until it is over no try is wasted on it."""
    return Unavailable("SES gave no clear answer.", code="ses_silent", retry_after=CLAIM_SECONDS + 1)


def _refused(work: Work, message: StoredMessage, error: ClientError) -> None:
    """SES answered no: for good, or for now, and then it is tried again: soon, or by a timer."""
    code, words = error.response["Error"]["Code"], error.response["Error"]["Message"]
    if code in _REFUSED:
        _give_up(work, message, "failed", f"{code}: {words}"[:300])
    elif "quota exceeded" in words.lower():
        _defer(work, message, work.now + FULL_FOR, "daily_quota")
    elif message.attempts >= PATIENT_TRIES:
        _defer(work, message, work.now + THROTTLED_FOR, "send_rate")
    else:
        _release(message.id)
        raise Unavailable("SES does not send now.", ses_code=code) from error


def _defer(work: Work, message: StoredMessage, until: datetime, reason: str) -> None:
    """Put the mail back, to be woken by a timer."""
    status_store.release(work, message.id, until=until)
    event = MailDeferred(wake_id=message.id, wake_at=until, message_id=message.id, reason=reason)
    service.record(work, message, event)


def _sent(work: Work, message: StoredMessage, ses_message_id: str) -> None:
    """Write that it was sent, and index SES's id; a delivery report may have been faster."""
    bare = ses_message_id.partition("@")[0]
    done = Work(now=work.now)
    _record_sent(done, message, bare)
    status_store.raise_status(done, message.id, "sent", ses_message_id=bare, sent_at=stamp(work.now))
    try:
        _commit_at_last(done)
    except Repeated:
        late = Work(now=work.now)
        _record_sent(late, message, bare)
        status_store.note_ses_id(late, message.id, bare)
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
    thread_store.index_sent(work, threads.index_key("ses", ses_message_id), message)
    event = MailSent(message_id=message.id, thread_id=message.thread_id, sent_for=message.sent_for)
    service.record(work, message, event)


def _give_up(work: Work, message: StoredMessage, status: Status, reason: str) -> None:
    status_store.raise_status(work, message.id, status, failure=reason)
    event = MailNotSent(
        message_id=message.id, thread_id=message.thread_id, status=status, sent_for=message.sent_for
    )
    service.record(work, message, event)
