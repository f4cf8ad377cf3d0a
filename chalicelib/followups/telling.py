"""Telling the customer by mail what changed; they count as told when the mail was sent."""

from __future__ import annotations

from typing import Any

from chalicelib.customers import service as customers
from chalicelib.followups import service, store
from chalicelib.followups.model import FollowUp, Resolution
from chalicelib.followups.texts import subject
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.events import Published
from chalicelib.kernel.work import Work
from chalicelib.mail import queueing
from chalicelib.mail import service as mail


def resolve(work: Work, followup_id: str, resolution: Resolution) -> FollowUp:
    """Resolve it, keep what was done as a note, and queue the mail that says so, unless nobody can get one.

    The mail is an answer: it needs no consent, and does not go to a suppressed address. Without one, `untold`
    says why, and it ends resolved. Raises NotFound, Stale, Conflict `wrong_state`.
    """
    before = store.get(followup_id)
    work.check_version(before.version)
    if before.state == "customer_told" or before.message_id:
        raise Conflict("The customer is told already.", code="wrong_state", allowed=["in_progress"])
    given = before.moved("resolved", work.now)
    if resolution.tell and before.customer_id:
        given |= _mailed(work, before, resolution)
    service.write_note(work, before, resolution.text)
    return service.apply(work, before, given)


def _mailed(work: Work, one: FollowUp, resolution: Resolution) -> dict[str, Any]:
    """Queue the mail to the customer; what is known of it then."""
    try:
        customer = customers.get(str(one.customer_id))
    except NotFound:
        return {"untold": "no_address", "message_id": None}
    to = mail.address_of(customer)
    if to is None:
        return {"untold": "no_address", "message_id": None}
    identifier = ids.new_id("msg", work.now)
    draft = queueing.Draft(
        id=identifier,
        to=to,
        subject=resolution.subject or subject(customer.locale),
        text=resolution.text,
        customer_id=customer.id,
        thread_id=one.ticket_id,
        sent_for=one.id,
    )
    queueing.queue(work, draft)
    return {"message_id": identifier, "untold": None}


def heard(work: Work, event: Published) -> None:
    """Take down what became of the mail. An older mail of one that was opened again changes nothing."""
    try:
        before = store.get(str(event.data["sent_for"]))
    except NotFound:
        return
    if before.message_id != event.data["message_id"] or before.state != "resolved":
        return
    if event.type == "mail.sent":
        service.apply(work, before, before.moved("customer_told", work.now) | {"told_on": "email"})
    else:
        service.apply(work, before, {"untold": event.data["status"]})
