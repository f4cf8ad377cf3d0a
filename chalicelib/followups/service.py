"""What staff do with follow-ups. How they are opened: opening.py; how customers hear of it: telling.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chalicelib.access import service as access
from chalicelib.customers import service as customers
from chalicelib.followups import reporting, store
from chalicelib.followups.events import (
    FollowUpChanged,
    FollowUpMoved,
    FollowUpNoted,
    FollowUpScheduled,
)
from chalicelib.followups.model import FollowUp, FollowUpPatch, NewNote, Note, State, check_times
from chalicelib.kernel import ids, patches
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.events import EventData, changes
from chalicelib.kernel.work import Work
from chalicelib.support import service as support


def get(followup_id: str) -> FollowUp:
    """Raises NotFound."""
    return store.get(followup_id)


def change(work: Work, followup_id: str, patch: FollowUpPatch) -> FollowUp:
    """Apply a merge patch. Raises NotFound, Stale, Invalid, Conflict `wrong_state` or `anonymous`."""
    before = store.get(followup_id)
    work.check_version(before.version)
    given = patches.given(patch)
    check_times({name: given[name] for name in patches.changed(before, given)}, work.now)
    if "due_at" in given:
        if given["due_at"] is None:
            raise Invalid.in_body("due_at", "a follow-up needs a due time", "missing")
        given["overdue_at"] = None if given["due_at"] != before.due_at else before.overdue_at
    if given.get("ticket_id"):
        _check_ticket(work, before, given["ticket_id"])
    state = given.pop("state", before.state)
    if "told_on" in given and state != "customer_told":
        raise Invalid.in_body("told_on", "goes with the state customer_told", "not_told")
    return apply(work, before, before.moved(state, work.now) | given)


def _check_ticket(work: Work, one: FollowUp, ticket_id: str) -> None:
    """Raises NotFound; Invalid for a ticket of somebody else."""
    support.require(work, ticket_id)
    customer_id = support.get(ticket_id).customer_id
    if one.customer_id and customer_id not in customers.group_of(one.customer_id):
        raise Invalid.in_body("ticket_id", "is a ticket of somebody else", "not_the_customers")


def apply(work: Work, before: FollowUp, given: dict[str, Any]) -> FollowUp:
    """Write the next version, and record and count what changed; all changes come through here."""
    after = before.changed(given, work.now)
    if after is before:
        return before
    if after.owner and after.owner != before.owner:
        access.require_staff(work, after.owner, "owner")
    if after.team and after.team != before.team:
        access.require_team(work, after.team, "team")
    store.replace(work, after)
    reporting.count(work, before, after)
    _record_changes(work, before, after)
    if after.next_wake() != before.next_wake():
        schedule(work, after)
    return after


def _record_changes(work: Work, before: FollowUp, after: FollowUp) -> None:
    if after.state != before.state:
        moved = FollowUpMoved(
            followup_id=after.id,
            followup_version=after.version,
            before=before.state,
            state=after.state,
            untold=after.untold,
        )
        record(work, after, moved, changes(before, after, ["state"]))
    asked = ("due_at", "owner", "remind_at", "team", "ticket_id")
    changed = [name for name in asked if getattr(before, name) != getattr(after, name)]
    if before.is_open and not after.is_open and changed == ["remind_at"]:
        return  # the reminder of what is resolved goes by itself
    if changed:
        event = FollowUpChanged(followup_id=after.id, followup_version=after.version, changed=changed)
        record(work, after, event, changes(before, after, changed))


def schedule(work: Work, one: FollowUp) -> None:
    """Ask for the next timer, if it needs one; none is ever cancelled, who is woken looks again."""
    wake_at = one.next_wake()
    if wake_at is not None:
        record(work, one, FollowUpScheduled(wake_id=one.id, wake_at=wake_at, followup_id=one.id))


def record(work: Work, one: FollowUp, event: EventData, private: dict[str, Any] | None = None) -> None:
    """Record an event on the customer's timeline, or with the follow-up of what is nobody's."""
    own = one.customer_id is None
    partition = store.partition(one.id) if own else customers.partition(str(one.customer_id))
    work.record(partition, event, customer_id=one.customer_id, private=private)


def note(work: Work, followup_id: str, new: NewNote) -> Note:
    """Write something down. Raises NotFound."""
    one = store.get(followup_id)
    work.require(store.key(one.id), store.no_such_followup())
    return write_note(work, one, new.text)


def write_note(work: Work, one: FollowUp, text: str) -> Note:
    """Add a note, in whatever else is done with a follow-up."""
    made = Note(id=ids.new_id("fnt", work.now), text=text, by=work.principal.actor, created_at=work.now)
    store.add_note(work, one.id, made)
    record(work, one, FollowUpNoted(followup_id=one.id, note_id=made.id))
    return made


def notes(followup_id: str, *, limit: int, after: str | None) -> tuple[list[Note], str | None]:
    """A page of notes, newest first. Raises NotFound."""
    found, position = store.notes(followup_id, limit=limit, after=after)
    if not found and after is None:
        store.get(followup_id)
    return found, position


def by_due(
    *,
    states: Sequence[State],
    owner: str | None,
    team: str | None,
    customer_id: str | None,
    survey: str | None,
    due_from: datetime | None,
    due_to: datetime | None,
    limit: int,
    after: str | None,
) -> tuple[list[FollowUp], str | None]:
    """A page in the order of the due times; those of a customer include those of whom they were merged with.

    Raises NotFound for a customer of whom there is nothing.
    """
    found, position = store.by_due(
        states=states,
        owner=owner,
        team=team,
        group=customers.group_of(customer_id) if customer_id else (),
        survey=survey,
        due_from=due_from,
        due_to=due_to,
        limit=limit,
        after=after,
    )
    if customer_id and not found and after is None and position is None:
        customers.get(customer_id)
    return found, position
