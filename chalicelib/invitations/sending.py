"""Sends an invitation whose time has come, or reminds of it, or says why not.

Each step looks at everything again: what was due may be answered, undone, or forbidden meanwhile. The mail,
the invitation's next state, the note when its customer was last asked, and what is counted are one
transaction. Four calls, and one for the mail's HTML: invitation and survey, the customer, what speaks against
it, the commit.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chalicelib.consent import preferences
from chalicelib.consent.permission import Question
from chalicelib.customers import service as customers
from chalicelib.customers.model import Customer
from chalicelib.feedback import service as feedback
from chalicelib.invitations import links, mails, service, store
from chalicelib.invitations.events import InvitationSent, InvitationSkipped
from chalicelib.invitations.model import Invitation, Reason
from chalicelib.kernel import ids, table
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import NotFound, Repeated
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.mail import queueing, suppression_store
from chalicelib.mail import service as mail
from chalicelib.mail.parts import Address
from chalicelib.mail.quiet import Quiet, next_good_moment
from chalicelib.support import summary as support
from chalicelib.surveys import service as surveys
from chalicelib.surveys.model import Face


class Asked(NamedTuple):
    """Whom an invitation is for, at which address, and what was found that speaks for or against it."""

    customer: Customer
    to: Address
    banned: bool
    found: dict[Key, Item]


def take(work: Work, invitation_id: str, survey: str, due_at: str) -> None:
    """Take the step that was due at a time (`ids.stamp`). Fails with Repeated when it was taken, Stale."""
    keys = [store.invitation_key(invitation_id), surveys.face_key(survey)]
    found = table.get_many(keys)
    if keys[0] not in found or keys[1] not in found:
        raise Repeated("The invitation is gone.")
    invitation, face = store.invitation_of(found[keys[0]]), surveys.face_of(found[keys[1]])
    if invitation.due_at is None or ids.stamp(invitation.due_at) != due_at:
        raise Repeated("This step was taken, or put off.")
    if invitation.state == "waiting":
        _invite(work, invitation, face)
    elif invitation.state == "sent" and not invitation.is_over(work.now):
        _remind(work, invitation, face)


def _invite(work: Work, invitation: Invitation, face: Face) -> None:
    asked = _asked(invitation, face)
    if isinstance(asked, str):
        _skip(work, invitation, asked)
        return
    reason = face.refusal(work.now) or _against(work, invitation, face, asked)
    if reason is not None:
        _skip(work, invitation, reason)
    elif (later := _good_moment(work.now, asked)) > work.now:
        _put_off(work, invitation, later)
    else:
        store.note_asked(work, asked.customer.id, pause=timedelta(days=face.inviting.pause_days))
        until = work.now + timedelta(days=face.inviting.valid_days)
        sent = invitation.next(state="sent", sent_at=work.now, valid_until=until)
        language = _send(work, sent, face, asked)
        stage = None if face.anonymous else asked.customer.stage  # as its response will be counted
        feedback.count_invited(work, face.key, channel="email", language=language, stage=stage)


def _remind(work: Work, invitation: Invitation, face: Face) -> None:
    """Remind those who did not answer; who may not be reminded is left alone from then on."""
    asked = _asked(invitation, face)
    if face.refusal(work.now) or isinstance(asked, str) or _forbidden(work, face, asked):
        store.replace(work, invitation.next(due_at=None))
    elif (later := _good_moment(work.now, asked)) > work.now:
        _put_off(work, invitation, later)
    else:
        _send(work, invitation.next(reminded=invitation.reminded + 1), face, asked)


def _asked(invitation: Invitation, face: Face) -> Asked | Reason:
    """Whom it is for, with all that decides: two calls."""
    try:
        customer = customers.get(invitation.customer_id)
    except NotFound:
        return "customer_gone"
    to = mail.address_of(customer)
    if to is None:
        return "no_address"
    beside = [
        *_question(customer, face).keys,
        *map(store.asked_key, [customer.id, *customer.merged_ids]),
        preferences.key(customer.id),
    ]
    if invitation.ticket_id:
        beside.append(support.ticket_key(invitation.ticket_id))
    banned, found = suppression_store.suppressed([to.address], beside)
    return Asked(customer, to, bool(banned), found)


def _question(customer: Customer, face: Face) -> Question:
    return Question(customer.id, "email", face.inviting.topic)


def _against(work: Work, invitation: Invitation, face: Face, asked: Asked) -> Reason | None:
    if invitation.ticket_id:
        ticket = support.of_item(asked.found.get(support.ticket_key(invitation.ticket_id)))
        if ticket is None or ticket.status not in ("solved", "closed"):
            return "undone"
    forbidden = _forbidden(work, face, asked)
    if forbidden is not None:
        return forbidden
    notes = [store.asked_key(one) for one in (asked.customer.id, *asked.customer.merged_ids)]
    since = work.now - timedelta(days=face.inviting.pause_days)
    lately = store.was_asked_since((asked.found[one] for one in notes if one in asked.found), since)
    return "asked_recently" if lately else None


def _forbidden(work: Work, face: Face, asked: Asked) -> Reason | None:
    if asked.banned:
        return "suppressed"
    return None if _question(asked.customer, face).answer(asked.found, work.now) else "not_allowed"


def _good_moment(now: datetime, asked: Asked) -> datetime:
    """The first moment in nobody's quiet hours, as for a campaign's mail (mail/quiet.py)."""
    own = asked.customer.time_zone
    begin, _, end = settings().quiet_hours.partition("-")
    item = asked.found.get(preferences.key(asked.customer.id))
    wish = preferences.of_item(item) if item else None
    wished = Quiet.of(wish.contact_to, wish.contact_from) if wish else None
    return next_good_moment(now, ZoneInfo(own) if own else settings().zone, [Quiet.of(begin, end), wished])


def _put_off(work: Work, invitation: Invitation, until: datetime) -> None:
    later = invitation.next(due_at=until)
    store.replace(work, later)
    service.schedule(work, later)


def _skip(work: Work, invitation: Invitation, reason: Reason) -> None:
    store.replace(work, invitation.next(state="skipped", reason=reason, due_at=None))
    event = InvitationSkipped(invitation_id=invitation.id, survey=invitation.survey, reason=reason)
    work.record(store.partition(invitation.id), event, expires_at=store.until(invitation))


def _send(work: Work, invitation: Invitation, face: Face, asked: Asked) -> str:
    """Queue the mail, and set the time of the next reminder. Returns the language of the mail."""
    assert invitation.sent_at is not None
    assert invitation.valid_until is not None
    definition = surveys.asked(face, None)
    language = mails.language_of(definition, asked.customer.locale)
    reminder = invitation.reminded
    subject, text, html = mails.written(face, definition, language, invitation, asked.customer, reminder)
    draft = queueing.Draft(
        id=ids.derived_id("msg", invitation.created_at, invitation.id, str(reminder)),
        to=asked.to,
        subject=subject,
        text=text,
        html=html,
        customer_id=asked.customer.id,
        topic=face.inviting.topic,
        auto_reply=True,
        own_path=links.path(invitation.id, invitation.valid_until),
    )
    message = queueing.queue(work, draft)
    days = face.inviting.reminders[reminder : reminder + 1]
    due = invitation.sent_at + timedelta(days=days[0]) if days else None
    sent = invitation.model_copy(
        update={
            "language": language,
            "message_ids": [*invitation.message_ids, message.id],
            "due_at": due if due and due < invitation.valid_until else None,
        }
    )
    store.replace(work, sent)
    service.schedule(work, sent)
    event = InvitationSent(
        invitation_id=sent.id, survey=sent.survey, message_id=message.id, reminder=reminder
    )
    work.record(customers.partition(asked.customer.id), event, customer_id=asked.customer.id, channel="email")
    return language
