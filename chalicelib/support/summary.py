"""What somebody asks of us, in figures."""

from collections.abc import Sequence

from chalicelib.kernel.model import Stored
from chalicelib.kernel.table import Item, Key
from chalicelib.support import listing, store
from chalicelib.support.model import Ticket
from chalicelib.support.states import Status

OPEN: frozenset[Status] = frozenset({"open", "pending", "on_hold"})
"""The states of a ticket on which somebody still has to act."""
MAX_NAMED = 10
MAX_COUNTED = 1000


class TicketFigures(Stored):
    """The newest open tickets, and how many there are; with `more` there are more than were counted."""

    open_ids: list[str] = []
    open: int = 0
    total: int = 0
    more: bool = False


def summary_of(customer_ids: Sequence[str]) -> TicketFigures:
    """The tickets of customers who are one person, the newest 1,000 at most: one call each."""
    tickets, after = listing.of_customers(customer_ids, limit=MAX_COUNTED)
    named = sorted((ticket.id for ticket in tickets if ticket.status in OPEN), reverse=True)
    return TicketFigures(
        open_ids=named[:MAX_NAMED], open=len(named), total=len(tickets), more=after is not None
    )


def ticket_key(ticket_id: str) -> Key:
    """A ticket's key, for those who read several things in one call."""
    return store.ticket_key(ticket_id)


def of_item(item: Item | None) -> Ticket | None:
    """The ticket in an item, if there is one."""
    return Ticket.model_validate(item, strict=False) if item else None


def still_open(item: Item | None) -> Ticket | None:
    """The ticket in an item, if there is one and it is open."""
    ticket = of_item(item)
    return ticket if ticket is not None and ticket.status in OPEN else None
