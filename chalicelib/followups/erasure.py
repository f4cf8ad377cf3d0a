"""What privacy asks of follow-ups: what is kept of a customer, and to remove it; the figures stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from chalicelib.followups import store
from chalicelib.followups.model import STATES, FollowUp, id_of
from chalicelib.kernel.work import Work
from chalicelib.mail import service as mail

ROOM = 80
"""Writes after which nothing more is removed in the same transaction."""
NOT_THEIRS = {"owner", "team", "reminders", "rule"}
"""Who of the staff has it is none of the customer's data."""


def export_of(customer_id: str) -> Iterator[dict[str, Any]]:
    """Every follow-up of what a customer said, each with its notes, but for who wrote them."""
    for one in _all(customer_id):
        yield {
            "kind": "followup",
            "question": one.kind,
            **one.model_dump(mode="json", exclude={"kind", *NOT_THEIRS}),
        }
        after: str | None = None
        while True:
            notes, after = store.notes(one.id, limit=100, after=after)
            for note in notes:
                yield {
                    "kind": "followup_note",
                    "followup_id": one.id,
                    **note.model_dump(mode="json", exclude={"by"}),
                }
            if after is None:
                break


def _all(customer_id: str) -> Iterator[FollowUp]:
    after: str | None = None
    while True:
        found, after = store.by_due(states=STATES, group=[customer_id], limit=100, after=after)
        yield from found
        if after is None:
            return


def erase(work: Work, customer_id: str) -> dict[str, int]:
    """Remove some follow-ups of a customer, with their notes and the mails to staff; how many of each.

    Nothing when there are none left. It adds 95 writes at most.
    """
    found, _ = store.by_due(states=STATES, group=[customer_id], limit=ROOM)
    return _erase(work, found)


def erase_of(work: Work, feedback_id: str) -> dict[str, int]:
    """The same of the follow-up of a response, whatever its state."""
    one = store.find(id_of(feedback_id))
    return _erase(work, [one] if one else [])


def _erase(work: Work, found: Sequence[FollowUp]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for one in found:
        room = ROOM - len(work.writes)
        notes = store.note_keys(one.id, room) if room > 0 else []
        for key in notes:
            work.delete(key)
        left = mail.forget_some(work, one.reminders, ROOM)
        counts["followup_notes"] += len(notes)
        counts["followup_reminders"] += len(one.reminders) - len(left)
        if len(work.writes) >= ROOM:
            if left != one.reminders:
                after = one.model_copy(update={"reminders": left, "version": one.version + 1})
                store.replace(work, after)
            break
        store.remove(work, one)
        counts["followups"] += 1
    return {name: number for name, number in counts.items() if number}
