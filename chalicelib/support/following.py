"""Where a mail to a ticket goes: to the ticket itself, or to the one that goes on with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.support import policy, store
from chalicelib.support.model import StoredTicket

MOST = 5
"""Pointers that are followed; merges are flat, so that more than one is rare."""


def current(ticket: StoredTicket, answered: list[str], at: datetime) -> StoredTicket:
    """The ticket that goes on with this one: no call where there is none, else one a pointer.

    `answered` are the threads of the mails that it answers, the most telling first: what answers a message
    that was split off goes where the message went. A pointer to what is gone is not followed.
    """
    for _ in range(MOST):
        found = store.find(_next(ticket, answered, at))
        if found is None:
            break
        ticket = found
    return ticket


def _next(ticket: StoredTicket, answered: list[str], at: datetime) -> str | None:
    if answered and answered[0] in ticket.split_into:
        return answered[0]
    if ticket.merged_into:
        return ticket.merged_into
    if ticket.followed_by and not policy.reopens(ticket, at):
        return ticket.followed_by
    return None


def reopened(ticket: StoredTicket) -> dict[str, Any]:
    """What changes when a person writes to this ticket, merged or not: nothing when it is open or spam."""
    if ticket.status in ("open", "spam"):
        return {}
    return {"status": "open"} | ({"merged_into": None} if ticket.merged_into else {})
