"""Search: the postings of one word, checked against the query's others, then the customers themselves."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.customers import service as customers
from chalicelib.customers.model import Customer
from chalicelib.directory import matching, store
from chalicelib.directory.entries import terms_of
from chalicelib.directory.model import Filters, Found
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.pages import MAX_EVALUATED
from chalicelib.kernel.postings import Place, recency
from chalicelib.kernel.table import Item

MAX_WORDS = 8
RANKED = 200
"""Postings of a search for one word that are ordered together; of several words it is 1,000."""


class Search(NamedTuple):
    """What is asked for: words that terms begin with, and filters."""

    words: list[str]
    filters: Filters

    def match(self, customer: Customer, place: Place) -> bool:
        """Whether the customer still is what was asked for, whatever the index says."""
        known = terms_of(customer)
        return self.filters.match(customer) and matching.match(self.words, known, forgiving=place.forgiving)


class Hit(NamedTuple):
    """Ranks sort: more whole terms first, then the newest customer."""

    rank: str
    customer_id: str


class Window(NamedTuple):
    """Hits in the order of rank, and the place of the window that they were found in."""

    hits: list[Hit]
    place: Place


def search(query: str, filters: Filters, *, limit: int, after: str | None) -> Found:
    """A page of customers with all words of the query: two calls, or three when a typo was to be forgiven.

    Raises Invalid for more than 8 words.
    """
    from chalicelib.directory.words import prefixes_of  # takes a while to compile

    asked = Search(prefixes_of(query), filters)
    if len(asked.words) > MAX_WORDS:
        raise Invalid.in_query("q", f"has more than {MAX_WORDS} words", "too_many_words")
    if not asked.words:
        return Found([], None)
    window = _window(asked, Place.read(after))
    nothing = after is None and not window.hits and not window.place.end
    if nothing and any(map(matching.is_forgivable, asked.words)):
        window = _window(asked, Place(forgiving=True))
    return _page(asked, window, limit)


def _window(asked: Search, place: Place) -> Window:
    """The hits of a window that were not shown yet: one call."""
    beginning, also = _reading(asked.words, forgiving=place.forgiving)
    facets = asked.filters.facets
    narrowed = bool(also or facets or place.forgiving)
    found = store.postings(
        beginning,
        also=also,
        facets=facets,
        ids=asked.filters.ids,
        limit=MAX_EVALUATED if narrowed else RANKED,
        after=place.begin or None,
        until=place.end or None,
    )
    hits = {
        hit for item in found.items if (hit := _hit(asked, item, beginning, place)) and hit.rank > place.rank
    }
    return Window(sorted(hits), place._replace(end=found.after or place.end))


def _reading(words: list[str], *, forgiving: bool) -> tuple[str, list[str]]:
    """The beginning of the terms that are read, and the words that their postings have to name besides."""
    if not forgiving:
        narrowest = matching.narrowest(words)
        return narrowest, [word for word in words if word != narrowest]
    longest = max(filter(matching.is_forgivable, words), key=len)
    return longest[: matching.SURE], [word for word in words if not matching.is_forgivable(word)]


def _hit(asked: Search, item: Item, beginning: str, place: Place) -> Hit | None:
    """The hit that a posting is; None when it does not match, or when another one stands for the customer."""
    terms = item["terms"].split()
    term = item["sk"].rpartition(" ")[0]
    if term != min(one for one in terms if one.startswith(beginning)):
        return None
    if place.forgiving and not matching.match(asked.words, terms, forgiving=True):
        return None
    missing = MAX_WORDS - matching.exactness(asked.words, terms)
    return Hit(f"{missing}{recency(item['customer_id'])}", item["customer_id"])


def _page(asked: Search, window: Window, limit: int) -> Found:
    shown = window.hits[:limit]
    known = customers.get_many(hit.customer_id for hit in shown)
    people = [known[hit.customer_id] for hit in shown if hit.customer_id in known]
    matching_ones = [one for one in people if asked.match(one, window.place)]
    after: Place | None = None
    if len(window.hits) > limit:
        after = window.place._replace(rank=shown[-1].rank)
    elif window.place.end:
        after = Place(window.place.forgiving, begin=window.place.end)
    return Found(matching_ones, str(after) if after else None, partial=bool(window.place.end))
