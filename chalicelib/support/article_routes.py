"""Articles of the knowledge base that may answer a ticket, over HTTP."""

from __future__ import annotations

from chalicelib.kernel.http.routes import Routes
from chalicelib.knowledge.reading import ProposedArticles
from chalicelib.support import proposing
from chalicelib.support.states import TicketId

routes = Routes("Tickets", __name__)


@routes.get("/v1/tickets/{ticket_id}/articles", scope="tickets:read")
def propose_articles(ticket_id: TicketId) -> ProposedArticles:
    """Propose up to five published articles, internal ones too, that may answer a ticket, and say why."""
    return proposing.articles(ticket_id)
