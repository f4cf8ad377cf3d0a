"""What somebody does with the link that we mailed them: look, confirm, or decline.

Looking changes nothing, since mail scanners follow links before their readers do.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from chalicelib.consent import statements
from chalicelib.consent.model import NO, StoredConsent
from chalicelib.kernel import ids
from chalicelib.kernel.work import Work
from chalicelib.subscriptions import links
from chalicelib.subscriptions.links import Invitation

Outcome = Literal["asked", "confirmed", "already", "declined", "over", "unknown"]


class Answered(NamedTuple):
    """What became of it, in which language to say so, and what the topic is called."""

    outcome: Outcome
    language: str = "en"
    topic: str = ""


class _Found(NamedTuple):
    invitation: Invitation
    held: StoredConsent | None
    topic: str | None
    """The topic's name; None when it was ended."""


def look(token: str) -> Answered:
    """What there is to answer: one call."""
    found = _find(token)
    return _judged(found) if found else Answered("unknown")


def confirm(work: Work, token: str) -> Answered:
    """Grant what is still pending for this address; nothing else, whatever happened since."""
    found = _find(token)
    if found is None:
        return Answered("unknown")
    answered = _judged(found)
    if answered.outcome != "asked" or found.held is None:
        return answered
    _change(work, found.held, {"state": "granted", "occurred_at": work.now, "confirmed_at": work.now})
    return answered._replace(outcome="confirmed")


def decline(work: Work, token: str) -> Answered:
    """Deny what this address was asked for, also after it was confirmed and when the link is over."""
    found = _find(token)
    if found is None:
        return Answered("unknown")
    held, invitation = found.held, found.invitation
    said = Answered("declined", invitation.language, found.topic or invitation.topic)
    if held is None or held.state in NO:
        return said
    if held.asked_at_hash != invitation.address_hash:
        return said._replace(outcome="over")
    state = "withdrawn" if held.state == "granted" else "denied"
    after = _change(work, held, {"state": state, "occurred_at": work.now})
    statements.spread(work, after, statements.said_by(after.covers, "email", after.topic))
    return said


def _find(token: str) -> _Found | None:
    invitation = links.unseal(token)
    if invitation is None:
        return None
    held, topic = statements.asked_about(invitation.customer_id, "email", invitation.topic)
    return _Found(invitation, held, topic.name if topic and topic.active else None)


def _judged(found: _Found) -> Answered:
    """Whether there is something to confirm: pending, asked at this very address, and not over."""
    invitation, held, topic = found
    said = Answered("over", invitation.language, topic or invitation.topic)
    if held is None or topic is None:
        return said
    if held.state == "granted":
        return said._replace(outcome="already")
    if held.state != "pending":
        return said._replace(outcome="declined")
    if held.asked_at_hash != invitation.address_hash or invitation.is_over(ids.now()):
        return said
    return said._replace(outcome="asked")


def _change(work: Work, held: StoredConsent, given: dict[str, object]) -> StoredConsent:
    after = held.model_copy(update={**given, "version": held.version + 1})
    statements.replace(work, held, after)
    return after
