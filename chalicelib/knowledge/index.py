"""The search index of one language: which words stand in which published articles, and how often.

A plain document, small enough to be held in memory: a few thousand articles. No AWS.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from chalicelib.kernel.model import Stored, Utc

BODY, TAG, TITLE = 1, 2, 3
"""Where a word stands; the higher counts more."""
COUNTS_AS = {BODY: 0, TAG: 3, TITLE: 6}
"""How many times more in the text a word there is worth."""
MAX_TERMS = 5_000
"""Different words of one text that are indexed."""
EXCERPT = 200
"""Characters of a text that a list shows."""


class Document(Stored):
    """An article in one of the language's variants: what a list shows of it."""

    article_id: str
    slug: str
    language: str
    title: str
    key: str
    section: str | None = None
    tags: list[str] = []
    is_public: bool
    excerpt: str
    updated_at: Utc
    length: int
    """Words of the text."""


class Posting(NamedTuple):
    """A word in a document: the best place where it stands, and how often its text has it."""

    place: int
    field: int
    times: int

    @property
    def worth(self) -> float:
        return self.times + COUNTS_AS[self.field]


class Entry(NamedTuple):
    """A document with its words, to be put into an index."""

    document: Document
    words: dict[str, tuple[int, int]]
    """Field and count by word."""


def excerpt_of(text: str) -> str:
    """The beginning of a text, cut at a word where it has spaces."""
    if len(text) <= EXCERPT:
        return text
    return (text[:EXCERPT].rsplit(" ", 1)[0] or text[:EXCERPT]) + " …"


def words_of(title: str, tags: Iterable[str], text: str) -> dict[str, tuple[int, int]]:
    """Where the words of an article stand, and how often its text has them; bounded."""
    from chalicelib.directory.words import terms_of  # takes a while to compile

    counts: Counter[str] = Counter(term for piece in text.split() for term in terms_of(piece))
    counts.update(dict.fromkeys(set(terms_of(text)) - counts.keys(), 1))  # what spans pieces: numbers, kana
    best = {word: (BODY, count) for word, count in counts.most_common(MAX_TERMS)}
    for field, texts in ((TAG, tags), (TITLE, [title])):
        for word in (word for one in texts for word in terms_of(one)):
            best[word] = (field, counts[word])
    return best


class Index:
    """Documents, and by word its postings: flat, three numbers each, since they are many."""

    def __init__(self, documents: list[Document], postings: dict[str, list[int]]) -> None:
        self.documents = documents
        self._postings = postings

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Index":
        """The index in its stored form."""
        documents = [Document.model_validate(one, strict=False) for one in stored["documents"]]
        return cls(documents, stored["postings"])

    @property
    def stored(self) -> dict[str, Any]:
        documents = [one.model_dump(mode="json", exclude_none=True) for one in self.documents]
        return {"documents": documents, "postings": self._postings}

    @cached_property
    def _terms(self) -> list[str]:
        return sorted(self._postings)

    def having(self, article_id: str) -> list[Document]:
        """The documents of an article, one for each variant of the language."""
        return [one for one in self.documents if one.article_id == article_id]

    def replaced(self, article_id: str, entries: Iterable[Entry]) -> "Index":
        """The index with these entries in place of those that the article has."""
        kept = [place for place, one in enumerate(self.documents) if one.article_id != article_id]
        moved = {place: number for number, place in enumerate(kept)}
        documents = [self.documents[place] for place in kept]
        postings = {
            word: flat
            for word, held in self._postings.items()
            if (flat := [n for one in _unpacked(held) if one.place in moved for n in _moved(one, moved)])
        }
        for entry in entries:
            for word, (field, count) in entry.words.items():
                postings.setdefault(word, []).extend((len(documents), field, count))
            documents.append(entry.document)
        return Index(documents, postings)

    def exactly(self, word: str) -> Iterator[Posting]:
        """The postings of a word."""
        return _unpacked(self._postings.get(word, ()))

    def words_with(self, beginning: str) -> list[str]:
        """The words that begin so, in order."""
        first = bisect_left(self._terms, beginning)
        last = bisect_left(self._terms, beginning + "\U0010ffff", first)
        return self._terms[first:last]


def _unpacked(flat: Iterable[int]) -> Iterator[Posting]:
    numbers = iter(flat)
    return map(Posting._make, zip(numbers, numbers, numbers, strict=True))


def _moved(one: Posting, moved: dict[int, int]) -> tuple[int, int, int]:
    return moved[one.place], one.field, one.times
