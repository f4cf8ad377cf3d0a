"""Tickets over HTTP."""

from __future__ import annotations

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.http.batches import Batch
from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.model import Model
from chalicelib.kernel.work import Work
from chalicelib.mail.model import Message, MessageId
from chalicelib.support import bulk, linking, listing, merging, policy, presence, replies, splitting
from chalicelib.support import service as support
from chalicelib.support.bulk import BulkChange, BulkResult
from chalicelib.support.filters import TicketQuery
from chalicelib.support.model import Ticket
from chalicelib.support.policy import SupportPatch, SupportSettings
from chalicelib.support.presence import NewPresence, Present
from chalicelib.support.requests import NewLink, NewReply, NewTicket, ParticipantsPatch, TicketPatch
from chalicelib.support.splitting import NewSplit
from chalicelib.support.states import TicketId

routes = Routes("Tickets", __name__)


@routes.post("/v1/tickets", scope="tickets:write", status=201, location="/v1/tickets/{id}")
def open_ticket(body: NewTicket, work: Work) -> Ticket:
    """Take down a ticket that came by phone, at the counter, by letter or fax."""
    return support.open_by_hand(work, body)


class TicketPage(Page[Ticket]):
    """`partial`: a search that met more than it reads for one page, so that newer ones may come on a later
    page, and this one may be short.
    """

    partial: bool = False


@routes.get("/v1/tickets", scope="tickets:read")
def list_tickets(query: TicketQuery) -> TicketPage:
    """Search tickets, or list them, newest first; filters narrow either, all of them together. Lags a moment.

    One filter, or one with a status, gives full pages; with more, and in a search, a page may be short and
    still have a next. `sort=updated_at` begins with the oldest change: what changes meanwhile comes again,
    nothing is missed. Of a very long conversation the words of its middle are not searched.
    """
    if query.q is None:
        data, position = listing.listed(
            query, sort=query.sort or "created_at", limit=query.limit, after=query.cursor
        )
        return TicketPage(data=data, next_cursor=position)
    if query.sort:
        raise Invalid.in_query("sort", "a search has its own order", "not_sortable")
    from chalicelib.support.searching import search  # folds words, which takes a while to compile

    found = search(query.q, query, limit=query.limit, after=query.cursor)
    return TicketPage(data=found.tickets, next_cursor=found.after, partial=found.partial)


@routes.get("/v1/tickets/{ticket_id}", scope="tickets:read")
def read_ticket(ticket_id: TicketId) -> Ticket:
    """Read a ticket."""
    return support.get(ticket_id)


@routes.patch("/v1/tickets/{ticket_id}", scope="tickets:write")
def change_ticket(ticket_id: TicketId, body: TicketPatch, work: Work) -> Ticket:
    """Change a ticket's status, priority, subject, assignee, team, tags or snooze, by JSON Merge Patch.

    409 `wrong_status` for a status that may not follow: what is solved or spam can only be opened
    or closed, what is closed only opened.
    """
    return support.change(work, ticket_id, body)


@routes.post("/v1/messages/{message_id}/retry", scope="messages:write")
def read_message_again(message_id: MessageId, work: Work) -> Message:
    """Read a mail again that could not be read when it came, and complete its ticket.

    A message that is read already is answered as it is. 409 `still_unreadable`.
    """
    from chalicelib.support import retrying  # reads mail, which hardly a request needs

    return retrying.retry(work, message_id)


@routes.get("/v1/tickets/{ticket_id}/messages", scope="tickets:read")
def list_ticket_messages(ticket_id: TicketId, query: PageParameters) -> Page[Message]:
    """List a ticket's messages, newest first: mails in and out, notes. Lags a moment."""
    data, position = support.messages(ticket_id, limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.post(
    "/v1/tickets/{ticket_id}/messages", scope="tickets:write", status=201, location="/v1/messages/{id}"
)
def reply_to_ticket(ticket_id: TicketId, body: NewReply, work: Work) -> Message:
    """Answer whoever asked, by mail; or, with `internal`, leave a note for the staff."""
    return replies.reply(work, ticket_id, body)


class Merge(Model):
    """`from_id` is the ticket that is merged into the one of the path."""

    from_id: TicketId


@routes.post("/v1/tickets/{ticket_id}/merge", scope="tickets:write")
def merge_ticket(ticket_id: TicketId, body: Merge, work: Work) -> Ticket:
    """Merge another ticket into this one.

    That one is closed; its messages are shown here, and mails to it come here. Nothing moves, so that it can
    be undone. 409 `merged` when one of the two was merged before.
    """
    return merging.merge(work, ticket_id, body.from_id)


@routes.post("/v1/tickets/{ticket_id}/merge/undo", scope="tickets:write")
def undo_ticket_merge(ticket_id: TicketId, body: Merge, work: Work) -> Ticket:
    """Undo a merge: the other ticket has its status and its messages back."""
    return merging.undo(work, ticket_id, body.from_id)


@routes.post("/v1/tickets/{ticket_id}/split", scope="tickets:write", status=201, location="/v1/tickets/{id}")
def split_ticket(ticket_id: TicketId, body: NewSplit, work: Work) -> Ticket:
    """Make some of a ticket's messages, 40 at most, a ticket of their own; answers to them go there."""
    return splitting.split(work, ticket_id, body)


@routes.post("/v1/tickets/{ticket_id}/links", scope="tickets:write")
def link_tickets(ticket_id: TicketId, body: NewLink, work: Work) -> Ticket:
    """Say what another ticket is to this one. The other one says the reverse of it."""
    return linking.link(work, ticket_id, body)


@routes.delete("/v1/tickets/{ticket_id}/links/{other_id}", scope="tickets:write")
def unlink_tickets(ticket_id: TicketId, other_id: TicketId, work: Work) -> None:
    """Take a link away, at both ends."""
    linking.unlink(work, ticket_id, other_id)


@routes.get("/v1/support/settings", scope="tickets:read")
def read_support_settings() -> SupportSettings:
    """Read how tickets are handled."""
    return policy.read()


@routes.patch("/v1/support/settings", scope="support:write")
def change_support_settings(body: SupportPatch, work: Work) -> SupportSettings:
    """Say when closed tickets are opened again and solved ones closed. It holds everywhere within 30 s."""
    return policy.change(work, body)


@routes.post("/v1/tickets/bulk", scope="tickets:write")
def change_tickets(body: BulkChange, batch: Batch) -> BulkResult:
    """Change up to 100 tickets alike, each by itself, with its own outcome."""
    return bulk.change_all(batch, body)


@routes.post("/v1/tickets/{ticket_id}/participants", scope="tickets:write")
def change_participants(ticket_id: TicketId, body: ParticipantsPatch, work: Work) -> Ticket:
    """Have addresses take part in a ticket, 20 at most, or no more: mail from them joins it by its tag."""
    return support.change_participants(work, ticket_id, body)


@routes.post("/v1/tickets/{ticket_id}/presence", scope="tickets:write")
def note_presence(ticket_id: TicketId, body: NewPresence, work: Work) -> None:
    """Say that whoever the caller acts for (`Rapport-Actor`) looks at the ticket or answers it.

    It holds for a minute. An answer under `If-Match` is refused when somebody else answered meanwhile.
    """
    presence.note(work, ticket_id, body)


@routes.get("/v1/tickets/{ticket_id}/presence", scope="tickets:read")
def read_presence(ticket_id: TicketId) -> Present:
    """Read who is at the ticket now."""
    return Present(data=presence.with_present(ticket_id)[1])
