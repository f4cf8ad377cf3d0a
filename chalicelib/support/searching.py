"""Search of tickets: the postings of one word, the newest first, checked against the rest of the query."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chalicelib.customers import service as customers
from chalicelib.directory import matching
from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.pages import HIGHEST, MAX_EVALUATED, Query
from chalicelib.kernel.postings import Place, recency, shelf
from chalicelib.support import indexing, store, terms
from chalicelib.support.filters import Filters
from chalicelib.support.model import StoredTicket, Ticket
from chalicelib.support.service import shown

MAX_WORDS = 8
AT_ONCE = 50
"""Tickets that are read in one call, each with the note of its terms."""
MAX_CALLS = 4
"""Such calls a page; then it is short, and the next one goes on."""


class Found(NamedTuple):
    """A page of tickets, where the next one begins, and whether there was more than a page reads."""

    tickets: list[Ticket]
    after: str | None
    partial: bool = False


class Search(NamedTuple):
    """What is asked for: words that terms begin with, the one that is read, filters, and whose tickets."""

    words: list[str]
    read: str
    filters: Filters
    customer_ids: Sequence[str]

    def match(self, ticket: StoredTicket, term: str, known: Sequence[str]) -> bool:
        """Whether a ticket is one of them, and this term of it the one that stands for it."""
        first = min((one for one in known if terms.meets(self.read, one)), default=None)
        return (
            first == term
            and all(any(terms.meets(word, one) for one in known) for word in self.words)
            and self.filters.match(ticket, self.customer_ids)
        )


class Posting(NamedTuple):
    """Postings sort as their tickets do, the newest first."""

    rank: str
    term: str
    ticket_id: str


def search(query: str, filters: Filters, *, limit: int, after: str | None) -> Found:
    """A page of tickets with all words of the query, newest first: two calls, five at most.

    One call more asks who was merged into a customer. Raises Invalid for more than 8 words.
    """
    words = terms.asked(query)
    if len(words) > MAX_WORDS:
        raise Invalid.in_query("q", f"has more than {MAX_WORDS} words", "too_many_words")
    if not words:
        return Found([], None)
    group = customers.group_of(filters.customer_id) if filters.customer_id else []
    asked = Search(words, matching.narrowest(words), filters, group)
    postings, place = _window(asked, Place.read(after))
    return _page(asked, postings, place, limit)


def _window(asked: Search, place: Place) -> tuple[list[Posting], Place]:
    """The postings of a window that were not looked at yet, by rank, and where the window is: one call."""
    beginning = asked.read[: terms.MAX_WORD]
    query = Query(
        shelf(indexing.TERMS, beginning),
        low=beginning,
        high=place.end or beginning + HIGHEST,
        ascending=True,
        only=("sk", "ticket_id"),
    )
    found = pages.page([query], limit=MAX_EVALUATED, after=place.begin or None)
    postings = []
    for item in found.items:
        term, _, _ = item["sk"].rpartition(" ")
        posting = Posting(recency(item["ticket_id"]), term, item["ticket_id"])
        if terms.meets(asked.read, term) and posting.rank > place.rank:
            postings.append(posting)
    return sorted(postings), place._replace(end=found.after or place.end)


def _matching(asked: Search, postings: Sequence[Posting]) -> Iterator[StoredTicket]:
    """The tickets of these postings that match, as they are now: one call."""
    ids = [one.ticket_id for one in postings]
    found = table.get_many(key for one in ids for key in (store.ticket_key(one), indexing.note_key(one)))
    for posting in postings:
        ticket = store.stored(found.get(store.ticket_key(posting.ticket_id)))
        note = found.get(indexing.note_key(posting.ticket_id))
        if ticket is not None and note is not None and asked.match(ticket, posting.term, note["terms"]):
            yield ticket


def _page(asked: Search, postings: list[Posting], place: Place, limit: int) -> Found:
    """The tickets of a window that match, as they are now, until the page is full or enough were read."""
    hits: list[Ticket] = []
    for begin in range(0, min(len(postings), AT_ONCE * MAX_CALLS), AT_ONCE):
        for ticket in _matching(asked, postings[begin : begin + AT_ONCE]):
            if len(hits) == limit:
                after = place._replace(rank=recency(hits[-1].id))
                return Found(hits, str(after), partial=bool(place.end))
            hits.append(shown(ticket))
    if len(postings) > AT_ONCE * MAX_CALLS:
        after = place._replace(rank=postings[AT_ONCE * MAX_CALLS - 1].rank)
        return Found(hits, str(after), partial=True)
    return Found(hits, str(Place(begin=place.end)) if place.end else None, partial=bool(place.end))
