"""The items of follow-ups and their notes; listed by owner, by customer and by state, each by due time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from typing import Any

from boto3.dynamodb.conditions import And, Attr, ConditionBase

from chalicelib.followups.model import FollowUp, Note, State
from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import Conflict, NotFound, RapportError, Repeated, Stale
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.pages import HIGHEST, LOWEST, Query
from chalicelib.kernel.table import Item, Key, key_of
from chalicelib.kernel.work import Work

SHARDS = 4
"""Partitions that the list of all is spread over, so that no single one takes every write."""
_NOTE = "NOTE#"
NOBODY = "none"
"""Stands for no owner."""


def partition(followup_id: str) -> str:
    """The partition of a follow-up and its notes, and of its events while it is nobody's."""
    return f"FUP#{followup_id}"


def key(followup_id: str) -> Key:
    return Key(partition(followup_id), "FOLLOWUP")


def _item(one: FollowUp) -> Item:
    place = f"{stamp(one.due_at)}#{one.id}"
    item = {
        **key(one.id)._asdict(),
        **one.model_dump(mode="json", exclude_none=True),
        "gsi1pk": f"FUP#OWNER#{one.owner or NOBODY}#{one.state}",
        "gsi1sk": place,
        "gsi3pk": f"FUP#STATE#{one.state}#{ord(one.id[-1]) % SHARDS}",
        "gsi3sk": place,
    }
    if one.customer_id:
        item |= {"gsi2pk": f"FUP#CUS#{one.customer_id}#{one.state}", "gsi2sk": place}
    return item


def add(work: Work, one: FollowUp, *, by_rule: bool) -> None:
    """A response has one follow-up: fails with Repeated where a rule opens it again, else with Conflict."""

    def known(_: Item | None) -> RapportError:
        if by_rule:
            return Repeated("The follow-up of this response is open already.")
        return Conflict("This response has a follow-up.", code="followup_exists", followup_id=one.id)

    work.put(_item(one), unless_exists=known)


def replace(work: Work, one: FollowUp) -> None:
    """Write the next version. Fails with Stale when it changed meanwhile."""
    work.replace(_item(one), version=one.version - 1)


def remove(work: Work, one: FollowUp) -> None:
    """Fails with Stale when it changed meanwhile."""
    unchanged = Attr("version").eq(one.version)
    work.delete(key(one.id), when=unchanged, failure=Stale("The follow-up changed meanwhile."))


def find(followup_id: str) -> FollowUp | None:
    item = table.get(key(followup_id))
    return of_item(item) if item else None


def get(followup_id: str) -> FollowUp:
    """Raises NotFound."""
    found = find(followup_id)
    if found is None:
        raise no_such_followup()
    return found


def no_such_followup() -> NotFound:
    return NotFound("There is no such follow-up.", code="no_such_followup")


def of_item(item: Item) -> FollowUp:
    return FollowUp.model_validate(item, strict=False)


def by_due(
    *,
    states: Sequence[State],
    owner: str | None = None,
    team: str | None = None,
    group: Sequence[str] = (),
    survey: str | None = None,
    due_from: datetime | None = None,
    due_to: datetime | None = None,
    limit: int,
    after: str | None = None,
) -> tuple[list[FollowUp], str | None]:
    """A page in the order of the due times, from `due_from` on and before `due_to`: one call a partition.

    Of a customer (`group`, the ids they go by), of an owner (NOBODY: those that nobody has), or all.
    """
    bounds: dict[str, Any] = {"low": stamp(due_from) if due_from else LOWEST, "ascending": True}
    bounds["high"] = stamp(due_to) if due_to else HIGHEST
    asked = {"team": team, "survey": survey, "owner": owner if group else None}
    if group:
        partitions = [("gsi2", f"FUP#CUS#{one}#{state}") for one in group for state in states]
    elif owner:
        partitions = [("gsi1", f"FUP#OWNER#{owner}#{state}") for state in states]
    else:
        partitions = [("gsi3", f"FUP#STATE#{state}#{shard}") for state in states for shard in range(SHARDS)]
    conditions: list[ConditionBase] = [
        Attr(name).not_exists() if value == NOBODY else Attr(name).eq(value)
        for name, value in asked.items()
        if value
    ]
    bounds["where"] = reduce(And, conditions) if conditions else None
    queries = [Query(partition, index=index, **bounds) for index, partition in partitions]
    found = pages.page(queries, limit=limit, after=after)
    return [of_item(item) for item in found.items], found.after


def add_note(work: Work, followup_id: str, note: Note) -> None:
    item = {
        "pk": partition(followup_id),
        "sk": _NOTE + note.id,
        **note.model_dump(mode="json", exclude_none=True),
    }
    work.put(item, unless_exists=Stale("This note exists."))


def notes(followup_id: str, *, limit: int, after: str | None) -> tuple[list[Note], str | None]:
    """A page of notes, newest first: one call, exact at once."""
    found = pages.page([_all_notes(followup_id)], limit=limit, after=after)
    return [Note.model_validate(item, strict=False) for item in found.items], found.after


def note_keys(followup_id: str, limit: int) -> list[Key]:
    """Some of a follow-up's notes."""
    return [key_of(item) for item in pages.page([_all_notes(followup_id)], limit=limit).items]


def _all_notes(followup_id: str) -> Query:
    return Query.prefixed(partition(followup_id), _NOTE, consistent=True)
