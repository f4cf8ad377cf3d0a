"""An organisation's timeline: the union of its members'."""

from __future__ import annotations

from chalicelib.customers import members
from chalicelib.kernel.model import each_once
from chalicelib.timeline import store
from chalicelib.timeline.model import Entry

MAX_MEMBERS = 50
"""Members whose timelines are read for one page, each by a call of its own."""

MAX_TIMELINES = 100
"""Timelines read for one page: those of members, and of whom was merged into them."""


def read(
    organisation_id: str, *, kind: str | None, channel: str | None, limit: int, after: str | None
) -> tuple[list[Entry], str | None, bool]:
    """A page, where the next begins, and whether members were left out. Raises NotFound.

    Two calls, and one for each member: nothing is copied when somebody joins, whatever their history.
    """
    people, more = members.of(organisation_id, limit=MAX_MEMBERS, after=None)
    merged = [merged_id for person in people for merged_id in person.merged_ids]
    wanted = each_once([person.id for person in people] + merged)
    if not wanted:
        return [], None, False
    asked = store.Filter(kind, channel)
    entries, position = store.newest(wanted[:MAX_TIMELINES], asked, limit=limit, after=after)
    return entries, position, more is not None or len(wanted) > MAX_TIMELINES
