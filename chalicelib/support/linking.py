"""Links between tickets; both ends are written together."""

from __future__ import annotations

from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.kernel.work import Work
from chalicelib.support import service, store
from chalicelib.support.model import StoredTicket, Ticket
from chalicelib.support.requests import NewLink
from chalicelib.support.states import REVERSE


def link(work: Work, ticket_id: str, new: NewLink) -> Ticket:
    """Link two tickets, or say anew what one is to the other. Raises NotFound, Invalid, Conflict, Stale."""
    ticket, other = _both(ticket_id, new.ticket_id)
    work.check_version(ticket.version)
    service.apply(work, other, {"links": other.linked(ticket.id, REVERSE[new.kind])})
    return service.shown(service.apply(work, ticket, {"links": ticket.linked(other.id, new.kind)}))


def unlink(work: Work, ticket_id: str, other_id: str) -> None:
    """Take a link away, at both ends if the other ticket is still there. Raises NotFound, Stale."""
    ticket = store.get(ticket_id)
    work.check_version(ticket.version)
    left = ticket.linked(other_id, None)
    if left == ticket.links:
        raise NotFound("These tickets are not linked.", code="no_such_link")
    service.apply(work, ticket, {"links": left})
    other = store.find(other_id)
    if other is not None:
        service.apply(work, other, {"links": other.linked(ticket_id, None)})


def _both(ticket_id: str, other_id: str) -> tuple[StoredTicket, StoredTicket]:
    """Both tickets: one call."""
    if ticket_id == other_id:
        raise Invalid.in_body("ticket_id", "is the ticket itself", "same_ticket")
    found = {one.id: one for one in store.get_many([ticket_id, other_id])}
    if ticket_id not in found:
        raise store.no_such_ticket()
    if other_id not in found:
        raise Invalid.in_body("ticket_id", "names no ticket", "unknown_ticket")
    return found[ticket_id], found[other_id]
