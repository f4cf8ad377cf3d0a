"""What makes an invitation by itself: which events mean which occasion, and for whose surveys.

An occasion invites once for each survey, whatever comes twice or late: the invitation's id follows from both.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.customers import service as customers
from chalicelib.invitations import service, store
from chalicelib.invitations.model import Invitation
from chalicelib.kernel import ids, tokens
from chalicelib.kernel.errors import Repeated
from chalicelib.kernel.events import Published
from chalicelib.kernel.work import Work
from chalicelib.surveys import service as surveys
from chalicelib.surveys.inviting import Occasion
from chalicelib.surveys.model import Face

OLD = timedelta(days=7)
"""What happened longer ago, and is only told now, invites nobody."""
MOST_SURVEYS = 40
"""Surveys that one occasion invites to."""


class Happened(NamedTuple):
    """An occasion: whom and what it is about, and when it was."""

    occasion: Occasion
    customer_id: str
    subject: str
    at: datetime

    @property
    def ticket_id(self) -> str | None:
        return self.subject if self.subject.startswith("tkt_") else None


def happened(event: Published) -> Happened | None:
    """The occasion that an event is; None for another one, for a stranger's, and for what an import does."""
    if event.bulk or event.customer_id is None or event.occurred_at is None:
        return None
    match event.type:
        case "ticket.changed":
            data = event.data
            if data.get("status") == "solved" and "status" in (data.get("changed") or []):
                ticket_id = str(data.get("ticket_id"))
                return Happened("ticket.solved", event.customer_id, ticket_id, event.occurred_at)
        case "customer.registered":
            customer_id = event.customer_id
            return Happened("customer.registered", customer_id, customer_id, event.occurred_at)
    return None


def invite(work: Work, event: Published) -> None:
    """Make the invitations of an occasion: no call when no survey has it, else one."""
    occasion = happened(event)
    if occasion is None or work.now - occasion.at > OLD:
        return
    wanted = {
        ids.keyed_id("inv", face.key, occasion.occasion, occasion.subject): face
        for face in surveys.current().values()
        if _delay(face, occasion.occasion) is not None
        and face.refusal(work.now) is None
        and is_chosen(face.key, occasion.subject, face.inviting.sample)
    }
    there = store.get_many(list(wanted)[:MOST_SURVEYS])
    for invitation_id, face in list(wanted.items())[:MOST_SURVEYS]:
        before = there.get(invitation_id)
        if before is None or before.reason == "undone":
            _add(work, face, occasion, invitation_id, before)


def _delay(face: Face, occasion: Occasion) -> timedelta | None:
    found = (one.after_hours for one in face.inviting.triggers if one.on == occasion)
    return next((timedelta(hours=hours) for hours in found), None)


def _add(work: Work, face: Face, occasion: Happened, invitation_id: str, before: Invitation | None) -> None:
    invitation = Invitation(
        id=invitation_id,
        version=before.version + 1 if before else 1,
        survey=face.key,
        customer_id=occasion.customer_id,
        ticket_id=occasion.ticket_id,
        occasion=occasion.occasion,
        state="waiting",
        anonymous=face.anonymous,
        due_at=occasion.at + (_delay(face, occasion.occasion) or timedelta(0)),
        created_at=work.now,
    )
    customers.require(work, occasion.customer_id, Repeated("The customer is gone."))
    store.add(work, invitation, instead_of=before)
    service.schedule(work, invitation)


def is_chosen(survey: str, subject: str, percent: int) -> bool:
    """Whether an occasion is in the sample: always the same answer, which nobody outside can foresee."""
    return int(tokens.keyed_hash("survey", f"sample {survey} {subject}")[:12], 16) % 100 < percent
