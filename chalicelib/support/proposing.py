"""Which articles of the knowledge base may answer a ticket."""

from __future__ import annotations

from chalicelib.knowledge import service as knowledge
from chalicelib.knowledge.reading import ProposedArticles
from chalicelib.support import service as support

MOST = 5
READ = 10
"""The newest messages, of which those that came in are read."""


def articles(ticket_id: str) -> ProposedArticles:
    """Articles that share rare words with the subject and with what was asked.

    Raises NotFound. Three calls: ticket, messages, which indexes there are; and one for each index,
    three at most, that the process does not have.
    """
    ticket = support.get(ticket_id)
    messages, _ = support.messages(ticket_id, limit=READ, after=None)
    asked = [message.text for message in messages if message.direction == "inbound"]
    text = "\n".join([ticket.subject, *asked])
    return ProposedArticles(data=knowledge.proposed(text, ticket.language, MOST))
