"""A customer's own tickets over HTTP: by the token of their link, without a key; and links by API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from chalicelib.customers.model import CustomerId
from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Link, Raw, Routes
from chalicelib.kernel.http.visitors import Visitor
from chalicelib.kernel.work import Work
from chalicelib.mail.model import Download, MessageId
from chalicelib.portal import entering
from chalicelib.portal import service as portal
from chalicelib.portal.model import (
    LinkId,
    LinkRequest,
    MadePortalLink,
    NewAnswer,
    NewPortalLink,
    NewRequest,
    PortalChange,
    PortalLink,
    PortalMessage,
    PortalTicket,
)
from chalicelib.support.states import TicketId

routes = Routes("Portal", __name__)
Token = Annotated[str, StringConstraints(max_length=200)]
AttachmentId = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


@routes.post("/v1/public/portal", public=True, status=202, content=())
def ask_for_portal_link(body: LinkRequest, work: Work, visitor: Visitor) -> Raw:
    """Have a link to their own tickets mailed to a customer. 202, whether or not the address is one's.

    One address is sent five a day at most. 409 `too_many_requests` after 20 from one network address.
    """
    entering.ask(work, body.email, visitor)
    return Raw("", "application/json", {})


@routes.post("/v1/customers/{customer_id}/portal-links", scope="portal:write", status=201, secret=True)
def make_portal_link(customer_id: CustomerId, body: NewPortalLink, work: Work, link: Link) -> MadePortalLink:
    """Make a link by which a customer sees and answers their tickets. Whoever has it can: hand it to them."""
    return entering.make(work, customer_id, body, link)


@routes.get("/v1/customers/{customer_id}/portal-links", scope="portal:write")
def list_portal_links(customer_id: CustomerId, query: PageParameters) -> Page[PortalLink]:
    """List a customer's links that work, newest first, mailed ones too; without their addresses."""
    data, position = entering.made_links(customer_id, limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.delete("/v1/customers/{customer_id}/portal-links/{link_id}", scope="portal:write")
def revoke_portal_link(customer_id: CustomerId, link_id: LinkId, work: Work) -> None:
    """Have a link open nothing any more, at once."""
    entering.revoke(work, customer_id, link_id)


@routes.get("/v1/public/portal/{token}/tickets", public=True)
def list_portal_tickets(token: Token, query: PageParameters) -> Page[PortalTicket]:
    """List their tickets, newest first. Lags a moment; a page may be short.

    404 `no_such_link` for a token that is not ours, 403 `link_expired` for one that is over, 403
    `link_revoked`, 404 `no_such_customer` when they were erased; so for all routes of a token.
    """
    data, position = portal.tickets(entering.enter(token), limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.post("/v1/public/portal/{token}/tickets", public=True, status=201)
def open_portal_ticket(token: Token, body: NewRequest, work: Work) -> PortalTicket:
    """Ask something new. 409 `too_many_requests` after ten in a day."""
    return portal.open_ticket(work, entering.enter(token), body)


@routes.get("/v1/public/portal/{token}/tickets/{ticket_id}", public=True)
def read_portal_ticket(token: Token, ticket_id: TicketId) -> PortalTicket:
    """Read a ticket of theirs; one that was merged is read as the one that goes on with it."""
    return portal.ticket(entering.enter(token), ticket_id)


@routes.patch("/v1/public/portal/{token}/tickets/{ticket_id}", public=True)
def change_portal_ticket(token: Token, ticket_id: TicketId, body: PortalChange, work: Work) -> PortalTicket:
    """Mark a ticket solved, or open it again. 409 `closed` when it is closed for good."""
    return portal.change(work, entering.enter(token), ticket_id, body)


@routes.get("/v1/public/portal/{token}/tickets/{ticket_id}/messages", public=True)
def list_portal_messages(token: Token, ticket_id: TicketId, query: PageParameters) -> Page[PortalMessage]:
    """List what they and the business wrote, newest first: no notes, and nothing that others wrote."""
    entered = entering.enter(token)
    data, position = portal.messages(entered, ticket_id, limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.post("/v1/public/portal/{token}/tickets/{ticket_id}/messages", public=True, status=201)
def answer_portal_ticket(token: Token, ticket_id: TicketId, body: NewAnswer, work: Work) -> PortalMessage:
    """Add to a ticket, which opens again. 409 `closed`; `too_many_requests` after 50 in a day."""
    return portal.answer(work, entering.enter(token), ticket_id, body)


@routes.get(
    "/v1/public/portal/{token}/tickets/{ticket_id}/messages/{message_id}/attachments/{attachment_id}",
    public=True,
)
def read_portal_attachment(
    token: Token, ticket_id: TicketId, message_id: MessageId, attachment_id: AttachmentId
) -> Download:
    """Get a link to an attachment; it works for a quarter of an hour."""
    return portal.attachment(entering.enter(token), ticket_id, message_id, attachment_id)
