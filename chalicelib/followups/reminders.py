"""What happens when a follow-up is due soon, or overdue: an entry, and a mail to its people."""

from __future__ import annotations

from datetime import datetime

from chalicelib.access import service as access
from chalicelib.access.model import Staff
from chalicelib.followups import reporting, service, store
from chalicelib.followups.events import FollowUpReminded
from chalicelib.followups.model import MAX_REMINDERS, FollowUp
from chalicelib.followups.texts import REMINDER
from chalicelib.kernel import ids
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.work import Work
from chalicelib.mail import mailboxes, queueing
from chalicelib.mail.parts import Address

MOST_MEMBERS = 10
"""Members of a team who are reminded, when nobody owns it."""


def wake(work: Work, followup_id: str, at: datetime) -> None:
    """Remind of one that is still open. A stale timer finds nothing due. Raises NotFound."""
    one = store.get(followup_id)
    wake_at = one.next_wake()
    if wake_at is None or wake_at > at:
        return
    overdue = one.due_at <= at
    room = MAX_REMINDERS - len(one.reminders)
    sent = [_mail(work, one, reader, overdue=overdue) for reader in _readers(one)[:room]]
    given = {"remind_at": None, "reminders": [*one.reminders, *sent]}
    after = one.changed(given | ({"overdue_at": work.now} if overdue else {}), work.now)
    store.replace(work, after)
    reporting.count(work, one, after)
    service.record(work, after, FollowUpReminded(followup_id=one.id, overdue=overdue, message_ids=sent))
    service.schedule(work, after)


def _readers(one: FollowUp) -> list[Staff]:
    """Its owner, else its team's members: one call, if it has either."""
    if one.owner:
        try:
            owner = access.get_staff(one.owner)
        except NotFound:
            return []
        return [owner] if owner.active else []
    members = access.members_of(one.team) if one.team else []
    return [member for member in members if member.active][:MOST_MEMBERS]


def _mail(work: Work, one: FollowUp, reader: Staff, *, overdue: bool) -> str:
    """Queue a mail without words of the customer; its id is kept, so that it is erased with the follow-up."""
    text = REMINDER.format(
        name=reader.name,
        what="is overdue" if overdue else "is due soon",
        survey=one.survey,
        kind=one.kind,
        score="" if one.score is None else one.score,
        state=one.state.replace("_", " "),
        due=one.due_at.astimezone(settings().zone).strftime("%Y-%m-%d %H:%M %Z"),
        followup_id=one.id,
        feedback_id=one.feedback_id,
        business=settings().business_name,
    )
    identifier = ids.new_id("msg", work.now)
    draft = queueing.Draft(
        id=identifier,
        to=Address(address=reader.email, name=reader.name),
        mailbox=mailboxes.notifier(),
        subject=f"Follow-up {'overdue' if overdue else 'due soon'}: {one.survey}",
        text=text,
        auto_reply=True,
    )
    queueing.queue(work, draft)
    return identifier
