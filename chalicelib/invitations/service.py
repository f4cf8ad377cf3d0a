"""What can be done with invitations: make them, look at them, wake them, and forget them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib.customers import service as customers
from chalicelib.invitations import store
from chalicelib.invitations.events import InvitationDue, InvitationScheduled
from chalicelib.invitations.model import LATEST, Invitation, InvitedRow, NewInvitations, Results
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict, Invalid, RapportError
from chalicelib.kernel.http.batches import Batch, RowRepeated
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.table import Item
from chalicelib.kernel.work import Work
from chalicelib.surveys import service as surveys
from chalicelib.surveys.model import Face

AT_ONCE = 80


def invite(batch: Batch, survey: str, new: NewInvitations) -> Results:
    """Make an invitation a customer; a worker sends them, or finds why not (sending.py).

    Three calls and a transaction for each 50. Raises NotFound, Conflict `survey_ended` and the like; Invalid
    `too_far`.
    """
    if new.send_at is not None and new.send_at > batch.now + LATEST:
        raise Invalid.in_body("send_at", "lies more than 365 days ahead", "too_far")
    face = surveys.get(survey)
    refusal = face.refusal(batch.now)
    if refusal is not None:
        raise Conflict("The survey invites nobody now.", code=refusal)
    asked = new.customer_ids
    what = survey if new.send_at is None else f"{survey} {stamp(new.send_at)}"
    rows = {row: _replayed(what, one, asked[row]) for row, one in batch.recall(len(asked)).items()}
    known = customers.get_many(asked)
    made: dict[int, tuple[Work, InvitedRow]] = {}
    for row, customer_id in enumerate(asked):
        if row in rows:
            continue
        if customer_id in known:
            work = batch.begin()
            invitation = _begun(face, known[customer_id].id, work.now, new.send_at)
            made[row] = work, _made(work, invitation)
            batch.remember(work, row, _fingerprint(what, customer_id), made[row][1].model_dump())
        else:
            rows[row] = InvitedRow(customer_id=customer_id, outcome="rejected", code="no_such_customer")
    failures = batch.commit([work for work, _ in made.values()])
    for (row, (_, result)), error in zip(made.items(), failures, strict=True):
        rows[row] = _outcome(what, result, error)
    return Results(results=[rows[row] for row in range(len(asked))])


def _made(work: Work, invitation: Invitation) -> InvitedRow:
    customers.require(work, invitation.customer_id)
    store.add(work, invitation)
    schedule(work, invitation)
    return InvitedRow(customer_id=invitation.customer_id, outcome="accepted", invitation_id=invitation.id)


def _begun(face: Face, customer_id: str, at: datetime, send_at: datetime | None) -> Invitation:
    return Invitation(
        id=ids.new_id("inv", at),
        version=1,
        survey=face.key,
        customer_id=customer_id,
        occasion="api",
        state="waiting",
        anonymous=face.anonymous,
        due_at=max(at, send_at or at),
        created_at=at,
    )


def _outcome(what: str, result: InvitedRow, error: RapportError | None) -> InvitedRow:
    if error is None:
        return result
    if isinstance(error, RowRepeated):
        return _replayed(what, error.record, result.customer_id)
    return result.model_copy(update={"outcome": "rejected", "invitation_id": None, "code": error.code})


def _fingerprint(what: str, customer_id: str) -> str:
    return hashlib.sha256(f"{what} {customer_id}".encode()).hexdigest()


def _replayed(what: str, record: Item, customer_id: str) -> InvitedRow:
    row = InvitedRow.model_validate(record["result"], strict=False)
    if record["fingerprint"] != _fingerprint(what, customer_id):
        reused = {
            "customer_id": customer_id,
            "outcome": "rejected",
            "invitation_id": None,
            "code": "idempotency_key_reused",
        }
        return row.model_copy(update=reused)
    return row


def ask_to_send(work: Work, invitation: Invitation) -> None:
    """Have the worker look at an invitation whose time has come."""
    due_at = invitation.due_at or work.now
    event = InvitationDue(invitation_id=invitation.id, survey=invitation.survey, due_at=due_at)
    work.record(store.partition(invitation.id), event, expires_at=store.until(invitation))


def schedule(work: Work, invitation: Invitation) -> None:
    """Ask for the timer of what is due later; it is never cancelled, who is woken looks again."""
    if invitation.due_at is None:
        return
    if invitation.due_at <= work.now:
        ask_to_send(work, invitation)
        return
    event = InvitationScheduled(wake_id=invitation.id, wake_at=invitation.due_at, invitation_id=invitation.id)
    work.record(store.partition(invitation.id), event, expires_at=store.until(invitation))


def wake(work: Work, invitation_id: str, at: datetime) -> None:
    """Have the worker look at an invitation that is due at this time. Raises NotFound."""
    invitation = store.get(invitation_id)
    if invitation.due_at is not None and invitation.due_at <= at:
        ask_to_send(work, invitation)


def get(invitation_id: str) -> Invitation:
    """Raises NotFound."""
    return store.get(invitation_id).shown(ids.now())


def newest(
    *, survey: str | None, customer_id: str | None, limit: int, after: str | None
) -> tuple[list[Invitation], str | None]:
    """A page of invitations to a survey, or of a customer and whom they were merged with. Raises Invalid."""
    if survey is None and customer_id is None:
        raise Invalid.in_query("survey", "give survey, customer_id, or both", "missing")
    group = customers.group_of(customer_id) if customer_id else []
    found, position = store.newest(survey=survey, customer_ids=group, limit=limit, after=after)
    now = ids.now()
    return [one.shown(now) for one in found], position


def export_of(customer_id: str) -> Iterator[dict[str, Any]]:
    """Every invitation of a customer, newest first."""
    after: str | None = None
    while True:
        found, after = store.newest(survey=None, customer_ids=[customer_id], limit=100, after=after)
        for one in found:
            yield {"kind": "invitation", **one.model_dump(mode="json", exclude_none=True)}
        if after is None:
            return


def erase(work: Work, customer_id: str) -> int:
    """Remove some invitations of a customer; how many, none when there are none left. 81 writes at most."""
    return store.remove_some(work, customer_id, limit=AT_ONCE)
