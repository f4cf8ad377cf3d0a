"""Whose turn it is in a team: one after the other, or whoever has the fewest open tickets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from chalicelib.access import service as access
from chalicelib.access.model import Assignment
from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Key
from chalicelib.kernel.work import Work
from chalicelib.support import store

MAX_COUNTED = 100
"""Open tickets that are counted of one member; who has more is as busy as that."""
RECENT = 60
"""Seconds in which a list may not show yet what was assigned."""
MAX_RECENT = 50


def choose(work: Work, team_id: str, how: Assignment) -> str | None:
    """The active member of a team who is next, None when there is none: two calls.

    And one a member for `least_busy`. Fails with Stale when another ticket was assigned meanwhile. One choice
    a team in one Work.
    """
    members = [one.id for one in access.members_of(team_id)]
    if not members:
        return None
    key = Key(f"TEA#{team_id}", "ASSIGNING")
    before: dict[str, Any] = table.get(key) or {}
    now = int(work.now.timestamp())
    recent = [[staff, at] for staff, at in before.get("recent", []) if at > now - RECENT]
    turn = in_turn(members, before.get("last"))
    chosen = turn[0] if how == "round_robin" else least_busy(turn, _loads(members, recent))
    kept = [*recent, [chosen, now]][-MAX_RECENT:]
    after = {**key._asdict(), "version": before.get("version", 0) + 1, "last": chosen, "recent": kept}
    if before:
        work.replace(after, version=before["version"])
    else:
        work.put(after, unless_exists=Stale("Another ticket was assigned meanwhile."))
    return chosen


def in_turn(members: Sequence[str], last: str | None) -> list[str]:
    """The members in the order in which it is their turn, after whoever was last, though they left."""
    ordered = sorted(members)
    return [one for one in ordered if last and one > last] + [
        one for one in ordered if not last or one <= last
    ]


def least_busy(turn: Sequence[str], loads: Counter[str]) -> str:
    """Who has the fewest; of equals whose turn comes first."""
    return min(turn, key=lambda one: loads[one])


def _loads(members: Sequence[str], recent: Sequence[Sequence[Any]]) -> Counter[str]:
    """The open tickets of each, with what was assigned so lately that lists may not have it."""
    loads = Counter({one: _open_tickets(one) for one in members})
    loads.update(staff for staff, _ in recent)
    return loads


def _open_tickets(staff_id: str) -> int:
    query = Query(store.listed_under("ASSIGNEE", staff_id, "open"), index="gsi3", only=("gsi3sk",))
    return len(pages.page([query], limit=MAX_COUNTED).items)
