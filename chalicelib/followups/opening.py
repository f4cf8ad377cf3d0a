"""Opening a follow-up: by the rule that a response meets, or by hand. A response has one at most."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.access import service as access
from chalicelib.feedback import service as feedback
from chalicelib.feedback import summary as responses
from chalicelib.feedback.model import Feedback
from chalicelib.followups import reporting, rules, service, store
from chalicelib.followups.events import FollowUpOpened
from chalicelib.followups.model import FollowUp, NewFollowUp, check_times, id_of
from chalicelib.followups.rules import Rule
from chalicelib.kernel import table
from chalicelib.kernel.errors import Conflict, NotFound, RapportError, Repeated, Unavailable
from chalicelib.kernel.events import Published
from chalicelib.kernel.work import Work
from chalicelib.support import service as support
from chalicelib.support.requests import NewTicket

SOONEST = timedelta(minutes=1)
"""What is due when it is opened already, such as after an outage, is due so soon."""


def by_rule(work: Work, event: Published) -> None:
    """Open the follow-up of a response, if it meets a rule: no call unless it does, else two.

    Imported and replayed history opens none. Fails with Repeated when it is open already, or the response
    was erased meanwhile.
    """
    data, urgent = event.data, bool(event.data.get("urgent"))
    rule = rules.current().first(data["survey"], data["kind"], data.get("score"), urgent=urgent)
    if rule is None or event.bulk:
        return
    response, owner = _read(rule, str(data["feedback_id"]))
    times = {
        name: at and max(at, work.now + SOONEST) for name, at in rule.times(response.submitted_at).items()
    }
    one = FollowUp.of(
        response, at=work.now, urgent=urgent, rule=rule.name, owner=owner, team=rule.team, **times
    )
    if rule.open_ticket and one.customer_id:
        one = one.model_copy(update={"ticket_id": _ticket(work, rule, response, one)})
    _add(work, one, by_rule=True, failure=Repeated("The response is gone."))


def _read(rule: Rule, feedback_id: str) -> tuple[Feedback, str | None]:
    """The response, and the rule's owner if they are still there: one call.

    Raises Repeated when there is nothing to do.
    """
    keys = [responses.feedback_key(feedback_id), store.key(id_of(feedback_id))]
    staff = [access.staff_key(rule.owner)] if rule.owner else []
    found = table.get_many([*keys, *staff])
    response = responses.of_item(found.get(keys[0]))
    if response is None:  # an event is there once its response is; so this is one that another table had
        raise Repeated("The response is gone.")
    nobodys = response.reduced or response.anonymous  # a follow-up would tell when it was opened
    if keys[1] in found or nobodys or response.status != "received":
        raise Repeated("There is nothing to follow up, or it is followed up already.")
    item = found.get(staff[0]) if staff else None
    return response, rule.owner if item and access.staff_of_item(item).active else None


def _ticket(work: Work, rule: Rule, response: Feedback, one: FollowUp) -> str | None:
    """Open a ticket with what was said; none when its customer is gone."""
    said = response.comment or "—"
    score = "" if response.score is None else f" {response.score}"
    new = NewTicket(
        customer_id=str(response.customer_id),
        channel=response.channel,
        subject=f"{response.survey}: {response.kind}{score}",
        text=said,
        priority=rule.priority,
        assignee=one.owner,
        team=rule.team,
        tags=["feedback"],
    )
    try:
        return support.open_by_hand(work, new).id
    except NotFound:
        return None


def by_hand(work: Work, new: NewFollowUp) -> FollowUp:
    """Open the follow-up of any response. Raises NotFound, Invalid; fails with Conflict `followup_exists`."""
    check_times({"due_at": new.due_at}, work.now)
    response = feedback.get(new.feedback_id)
    if response.status != "received":
        raise Conflict("A rejected response is nobody's to answer.", code="rejected")
    if new.owner:
        access.require_staff(work, new.owner, "owner")
    if new.team:
        access.require_team(work, new.team, "team")
    one = FollowUp.of(response, at=work.now, owner=new.owner, team=new.team, due_at=new.due_at)
    _add(work, one, by_rule=False, failure=Unavailable("The response changed meanwhile."))
    return one


def _add(work: Work, one: FollowUp, *, by_rule: bool, failure: RapportError) -> None:
    """Write a follow-up, unless its response was reduced meanwhile: nothing new is kept of who was erased."""
    known = Attr("customer_id").eq(one.customer_id) if one.customer_id else Attr("pk").exists()
    work.require(responses.feedback_key(one.feedback_id), failure, when=known)
    store.add(work, one, by_rule=by_rule)
    reporting.count(work, None, one)
    service.record(work, one, _opened(one))
    service.schedule(work, one)


def _opened(one: FollowUp) -> FollowUpOpened:
    told: dict[str, Any] = one.model_dump(include=set(FollowUpOpened.model_fields))
    return FollowUpOpened(followup_id=one.id, **told)
