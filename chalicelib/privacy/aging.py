"""What is too old by the rules of retention, section by section, and how each is taken."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from chalicelib.customers import erasure as customers
from chalicelib.customers import sweep
from chalicelib.customers.model import Customer
from chalicelib.feedback import service as feedback
from chalicelib.feedback.model import KINDS, Feedback
from chalicelib.followups import erasure as followups
from chalicelib.kernel.commit import commit
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.work import Work
from chalicelib.privacy import erasing
from chalicelib.privacy.model import NewErasure
from chalicelib.privacy.rules import StoredRetention, cutoff
from chalicelib.support import erasure as support
from chalicelib.support.model import StoredTicket
from chalicelib.timeline import aging as timeline

AT_ONCE = 50
"""Candidates of a page; a step ends after a whole page."""
KINDS_OF_THINGS = ("leads", "tickets", "responses", "entries")
MAX_COUNTED = 1000
"""Of each kind, by the preview."""
MAX_PAGES = 20
"""Of a list, by the preview: a caller waits for it."""

Pages = Callable[..., tuple[Sequence[Any], str | None]]
"""A page of candidates; takes `limit` and `after`."""


@dataclass(frozen=True)
class Section:
    """One kind of things that are due. `take` removes what one stands for, and says how much that was."""

    name: str
    pages: Pages
    take: Callable[[Any], int]


def _sections(rules: StoredRetention, now: datetime) -> list[Section]:
    """Always the same ones, in the same places; without a rule there is nothing in them."""
    tickets = cutoff(rules.closed_ticket_days, now)
    responses = cutoff(rules.response_days, now)
    leads = cutoff(rules.lead_days, now)
    found = [Section("tickets", _until(support.closed_before, tickets), _take_ticket)]
    for kind in KINDS:
        whole = partial(feedback.whole, kind, rules.reduced_until)
        found.append(Section("responses", _until(whole, responses), _take_response))
    entries = cutoff(rules.entry_days, now)
    old = partial(_take_entries, entries or now)
    found.append(Section("entries", _until(_registered_before, entries), old))
    found.append(Section("leads", _until(customers.leads_before, leads), partial(_take_lead, leads or now)))
    return found


def _until(read: Pages, before: datetime | None) -> Pages:
    return partial(read, before) if before else _nothing


def _nothing(**_: Any) -> tuple[Sequence[Any], None]:
    return [], None


def take_due(
    rules: StoredRetention, now: datetime, *, seconds: int
) -> tuple[dict[str, int], int | None, str | None]:
    """Take what is due from where the job is; what was taken, and where it goes on, None at the end."""
    until = time.monotonic() + seconds
    taken = dict.fromkeys(KINDS_OF_THINGS, 0)
    after = rules.after
    sections = _sections(rules, now)
    for place in range(rules.section, len(sections)):
        section = sections[place]
        while True:
            if time.monotonic() > until:
                return taken, place, after
            found, after = section.pages(limit=AT_ONCE, after=after)
            taken[section.name] += sum(section.take(one) for one in found)
            if after is None:
                break
    return taken, None, None


def count_due(rules: StoredRetention, now: datetime) -> dict[str, int]:
    """How many are due of each kind, to 1,000; of leads those whose profile is old enough.

    It looks at `MAX_PAGES` of each list: of many who are no longer due it may see but some.
    """
    counts = dict.fromkeys(KINDS_OF_THINGS, 0)
    for section in _sections(rules, now):
        after: str | None = None
        for _ in range(MAX_PAGES):
            found, after = section.pages(limit=AT_ONCE, after=after)
            counts[section.name] = min(counts[section.name] + len(found), MAX_COUNTED)
            if after is None or counts[section.name] == MAX_COUNTED:
                break
    return counts


def _take_ticket(ticket: StoredTicket) -> int:
    removed: dict[str, int] = {}
    while "tickets" not in removed:
        part = Work()
        removed = support.erase_some(part, ticket)
        commit(part)
    return 1


def _take_response(response: Feedback) -> int:
    """Its follow-up goes before it: that has notes of what was said, and by whom."""
    while followups.erase_of(part := Work(), response.id):
        commit(part)
    part = Work()
    feedback.reduce(part, response)
    commit(part)
    return 1


def _registered_before(at: datetime, *, limit: int, after: str | None) -> tuple[list[Customer], str | None]:
    """A page of the customers who were registered before a time; the position is a shard and an id."""
    shard, _, last = (after or "0#").partition("#")
    found, following = sweep.page((int(shard), last or None), created_before=at, limit=limit)
    return found, f"{following[0]}#{following[1] or ''}" if following else None


def _take_entries(before: datetime, customer: Customer) -> int:
    """Remove what is too old on a customer's timeline, under any of their ids."""
    count = 0
    for customer_id in [customer.id, *customer.merged_ids]:
        while True:
            part = Work()
            removed = timeline.remove_older(part, customer_id, before)
            if not removed:
                break
            commit(part)
            count += removed
    return count


def _take_lead(before: datetime, lead: Customer) -> int:
    """Begin to erase a lead of whom nobody heard since, under any of their ids."""
    if any(customers.last_contact(one) >= stamp(before) for one in [lead.id, *lead.merged_ids]):
        return 0
    part = Work()
    erasing.request(part, lead.id, NewErasure(confirm=lead.id, reason="retention", requested_by="ourselves"))
    commit(part)
    return 1
