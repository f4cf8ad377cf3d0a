"""Under which terms a ticket is found. Pure: tickets and texts in, terms out; how a query is read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chalicelib.kernel.model import each_once
from chalicelib.support.model import Ticket

MAX_HEADING = 60
"""Terms of number, requester and subject; the subject's come last."""
MAX_SAID = 100
"""Terms of one message, the first ones."""
FIRST, LATER = 100, 200
"""Terms of all that was said: the first of them, and the last."""
MAX_WORD = 24
"""Characters of a term of what was said; of longer ones, and of words of a query, the beginning counts."""

_TICKET_ID = re.compile(r"\btkt_(?=[0-9A-Z]{26}\b)", re.IGNORECASE)


def heading_terms(ticket: Ticket) -> list[str]:
    """The terms of a ticket's number and id, of who asks, and of its subject."""
    from chalicelib.directory import words  # takes a while to compile

    found = [*words.terms_of(ticket.tag), *words.terms_of(ticket.id.partition("_")[2])]
    if ticket.requester:
        found += words.terms_of_email(ticket.requester.address)
        found += words.terms_of(ticket.requester.name)
    return each_once(found + words.terms_of(ticket.subject))[:MAX_HEADING]


def said_terms(text: str) -> list[str]:
    """The terms of a message's text."""
    from chalicelib.directory import words

    return each_once([term[:MAX_WORD] for term in words.terms_of(text)])[:MAX_SAID]


def together(heading: Sequence[str], said: Sequence[str]) -> list[str]:
    """A ticket's terms: the heading, then what was said, oldest first; of very much the middle is left out.

    So the same terms come out when these are taken for what was said before, and more is said.
    """
    others = [term for term in each_once(list(said)) if term not in set(heading)]
    return [*heading, *others[:FIRST], *others[FIRST:][-LATER:]]


def asked(query: str) -> list[str]:
    """What a query asks for: each is to be the beginning of a term."""
    from chalicelib.directory import words

    return words.prefixes_of(_TICKET_ID.sub("", query))


def meets(word: str, term: str) -> bool:
    """Whether a term begins with a word, as far as terms go."""
    return term.startswith(word) or term == word[:MAX_WORD]
