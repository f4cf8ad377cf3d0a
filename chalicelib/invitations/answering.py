"""How a survey page takes an answer: looking changes nothing, sending records once, in one transaction.

What is recorded is the response on its way, and for an invitation that it was answered; a worker does the
rest. A response to an anonymous survey has an id that follows from nothing, and no time but its day.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from typing import NamedTuple

from pydantic import ValidationError

from chalicelib.feedback import by_page
from chalicelib.feedback.admission import BY_PAGE
from chalicelib.feedback.model import NewFeedback, Submission
from chalicelib.invitations import links, mails, store
from chalicelib.invitations.form import Filled
from chalicelib.invitations.model import Invitation
from chalicelib.kernel import counters, ids, table
from chalicelib.kernel.commit import commit
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Invalid, Stale, Unavailable
from chalicelib.kernel.principals import ANONYMOUS
from chalicelib.kernel.work import Work
from chalicelib.surveys import service as surveys
from chalicelib.surveys.model import Definition, Face

TRIES = 4


class Entered(NamedTuple):
    """What a link opens: the survey, and the invitation it belongs to, if it is no public one."""

    face: Face
    definition: Definition
    number: int
    language: str
    invitation: Invitation | None = None


class Closed(NamedTuple):
    """Why a link opens nothing, or nothing any more, and in which language to say so."""

    reason: str
    language: str


def by_token(token: str, languages: Sequence[str], number: int | None = None) -> Entered | Closed:
    """What an invitation's link opens: two calls, and one for what a version asks if nobody did of late."""
    wanted = next(iter(languages), "en")
    entrance = links.entrance(token)
    if entrance is None:
        return Closed("unknown", wanted)
    item = table.get(store.invitation_key(entrance.invitation_id))
    if item is None:
        return Closed("gone", wanted)
    invitation = store.invitation_of(item)
    own = invitation.language or wanted
    if invitation.state == "answered":
        return Closed("already", own)
    if entrance.is_over(ids.now()):
        return Closed("over", own)
    return _entered(invitation.survey, [own], number, invitation)


def by_key(survey: str, languages: Sequence[str], number: int | None = None) -> Entered | Closed:
    """What a public link opens: one call, or two likewise."""
    return _entered(survey, languages, number, None)


def _entered(
    survey: str, languages: Sequence[str], number: int | None, invitation: Invitation | None
) -> Entered | Closed:
    wanted = next(iter(languages), "en")
    item = table.get(surveys.face_key(survey))
    face = surveys.face_of(item) if item else None
    if face is None or (invitation is None and (not face.public or face.state == "draft")):
        return Closed("gone", wanted)
    refusal = face.refusal(ids.now())
    if refusal is not None:
        return Closed(refusal, wanted)
    try:
        definition = surveys.asked(face, number)
    except Invalid:
        definition, number = surveys.asked(face, None), None
    language = mails.language_of(definition, *languages)
    return Entered(face, definition, number or face.number, language, invitation)


def record(
    entered: Entered, enter: Callable[[], Entered | Closed], filled: Filled, nonce: str, address: str
) -> Entered | Closed:
    """Record an answer once: what was entered when that is done, else why not. `enter` reads it anew.

    Raises Repeated for a form that was sent before, Conflict `too_many_responses`, Invalid for what is too
    long in sum.
    """
    found: Entered | Closed = entered
    for _ in range(TRIES):
        if isinstance(found, Closed):
            return found
        work = Work(principal=ANONYMOUS)
        _fill(work, found, filled, nonce, address)
        try:
            commit(work)
        except Stale:
            found = enter()
        else:
            return found
    raise Unavailable("Others keep changing this; try again.")


def _fill(work: Work, entered: Entered, filled: Filled, nonce: str, address: str) -> None:
    invitation, face = entered.invitation, entered.face
    submission = _submission(entered, filled, nonce, work.now)
    if invitation is not None:
        store.replace(work, invitation.answered(submission.id, work.now))
    by_page.hand_in(work, submission)
    if invitation is None:
        store.count_visit(work, face.key, address, _day_began(work.now))


def _submission(entered: Entered, filled: Filled, nonce: str, now: datetime) -> Submission:
    face, invitation = entered.face, entered.invitation
    known = invitation if invitation is not None and not face.anonymous else None
    try:
        response = NewFeedback(
            customer_id=known.customer_id if known else None,
            survey=face.key,
            kind=face.kind,
            score=filled.score,
            comment=filled.comment if filled.comment.strip() else None,
            channel="email" if invitation else "web",
            language=entered.language,
            answers=filled.fitting(entered.definition),
            survey_version=entered.number,
        )
    except ValidationError:
        raise Invalid("The answers are too long in sum.", code="too_long") from None
    return Submission(
        version=1,
        id=_feedback_id(entered, nonce),
        submitted_at=_day_began(now) if face.anonymous else now,
        submitted_by=BY_PAGE,
        response=response,
        anonymous=face.anonymous,
        invited=invitation is not None,
        invitation_id=known.id if known else None,
        ticket_id=known.ticket_id if known else None,
    )


def _feedback_id(entered: Entered, nonce: str) -> str:
    """What a repeat is known by: of an invitation the invitation, of a public form its nonce.

    An anonymous invitation knows for itself that it was answered, so the id need follow from nothing.
    """
    if entered.invitation is None:
        return ids.keyed_id("fbk", "page", entered.face.key, nonce)
    if entered.face.anonymous:
        return ids.keyed_id("fbk", secrets.token_hex(32))
    return ids.keyed_id("fbk", entered.invitation.id)


def _day_began(now: datetime) -> datetime:
    """When the day began, where the business is."""
    return datetime.combine(counters.day_of(now), time.min, settings().zone).astimezone(UTC)
