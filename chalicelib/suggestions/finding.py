"""Finding suggestions like one: by postings of its words; what these find is compared in full."""

from __future__ import annotations

from collections import Counter

from chalicelib.kernel import pages, table
from chalicelib.kernel.model import each_once
from chalicelib.kernel.pages import HIGHEST, Query
from chalicelib.kernel.postings import Entries, Held, Index, posting_key, shelf
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.suggestions import store
from chalicelib.suggestions.model import Suggestion

NAME = "SUG#TERM"
MAX_TERMS = 40
"""Words of a suggestion that it is found by, the title's first: they are written in its own transaction."""
ASKED, AT_ONCE = 10, 4
"""Words that are looked up, a call each, and how many at the same time."""
POSTINGS = 50
"""Suggestions that one word brings at most, the newest."""
COMPARED, SHOWN = 30, 5
ALIKE = 50.0
"""Of 100: what less is alike is not shown."""
SHORTEST, ENDING = 4, 3
"""Letters of a word that says something, and letters at its end in which its forms differ."""


def _note_key(suggestion_id: str) -> Key:
    return Key(store.partition(suggestion_id), "TERMS")


def _items(suggestion_id: str, entries: Entries) -> list[Item]:
    keys = (posting_key(NAME, term, suggestion_id) for term in entries.terms)
    return [{**key._asdict(), "suggestion_id": suggestion_id} for key in keys]


_INDEX = Index(_note_key, _items)


def index(work: Work, one: Suggestion) -> None:
    """Have a suggestion found by its words while it is public: one call. Fails with Stale."""
    held = Held.of(table.get(_note_key(one.id)))
    terms = words_of(one.title, one.text)[:MAX_TERMS] if one.is_public else []
    _INDEX.replace(work, one.id, held, Entries(terms, []))


def index_new(work: Work, one: Suggestion) -> None:
    """The same of one that is new, without a call."""
    terms = words_of(one.title, one.text)[:MAX_TERMS] if one.is_public else []
    _INDEX.replace(work, one.id, Held(), Entries(terms, []))


def words_of(*texts: str) -> list[str]:
    """The words of texts that say something, each once."""
    from chalicelib.directory import words  # takes a while to compile

    found = (word for text in texts for word in words.words(words.folded(text)))
    return each_once([word for word in found if len(word) >= SHORTEST or words.is_unspaced(word)])


def similar(text: str, *, limit: int = SHOWN) -> list[Suggestion]:
    """The public suggestions that are most like a text, best first: eleven calls at most."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(AT_ONCE) as threads:
        having = threads.map(_having, words_of(text)[:ASKED])
        shares = Counter(found for several in having for found in several)
    best = [suggestion_id for suggestion_id, _ in shares.most_common(COMPARED)]
    known = [one for one in store.get_many(best) if one.is_public] if best else []
    likeness = {one.id: _likeness(text, one) for one in known}
    close = [one for one in known if likeness[one.id] >= ALIKE]
    return sorted(close, key=lambda one: (-likeness[one.id], -one.votes, one.id))[:limit]


def _having(word: str) -> set[str]:
    """The newest suggestions that have a form of a word: one call."""
    stem = word[: max(SHORTEST, len(word) - ENDING)]
    query = Query(
        shelf(NAME, word), low=stem, high=stem + HIGHEST, only=("sk", "suggestion_id"), ascending=True
    )
    return {item["suggestion_id"] for item in pages.page([query], limit=POSTINGS).items}


def _likeness(text: str, one: Suggestion) -> float:
    """How alike they are, of 100: the better of title and whole text, whatever the order of the words."""
    from rapidfuzz import fuzz

    from chalicelib.directory.words import folded

    asked = folded(text)
    title, whole = folded(one.title), folded(f"{one.title} {one.text}")
    return max(fuzz.token_sort_ratio(asked, title), fuzz.token_set_ratio(asked, whole))
