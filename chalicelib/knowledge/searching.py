"""Search in an index: what has all words of a query, with a typo too, or comes nearest; what is related."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from chalicelib.directory import matching
from chalicelib.kernel.model import each_once
from chalicelib.knowledge import ranking
from chalicelib.knowledge.index import TITLE, Document, Index
from chalicelib.knowledge.languages import best

MAX_WORDS = 16
ASKED = 400
"""Different words of a text to which articles are proposed; the first ones."""
NEAREST = 20
"""Articles that are shown when none has all words."""
SHARED = 2
"""Words that a related article shares with the text at least, unless one stands in its title."""
COMMON = 0.5
"""A word that more of the articles have says nothing about any of them."""
WHY = 5
"""Words that are named as reasons."""
STEM, ENDING = 4, 3
"""Letters that forms of a word share at least, and letters in which they differ at most."""
BIGRAM = 2
"""Letters of a script without spaces that are looked for together, where no spaces tell the words."""


class Hit(NamedTuple):
    """A document that was found. `rank` sorts, best first, and is unique in a search."""

    rank: str
    document: Document
    why: list[str]


def variants(
    index: Index, language: str, *, internal: bool, section: str | None = None
) -> dict[int, Document]:
    """The documents that such a reader may see, by their place: of each article the nearest variant."""
    by_article: dict[str, dict[str, int]] = {}
    for place, one in enumerate(index.documents):
        if (internal or one.is_public) and section in (None, one.section):
            by_article.setdefault(one.article_id, {})[one.language] = place
    chosen = (there[best([language], there, min(there))] for there in by_article.values())
    return {place: index.documents[place] for place in chosen}


def search(index: Index, query: str, visible: dict[int, Document]) -> tuple[list[Hit], bool]:
    """What has all words of the query, best first; else with a typo; else, flagged, what is nearest.

    Words in titles come before those in tags, and those before words of the text. Of very many words
    the first ones count.
    """
    from chalicelib.directory.words import prefixes_of  # takes a while to compile

    asked = prefixes_of(query)[:MAX_WORDS]
    for forgiving in (False, True):
        if hits := _all_words(index, asked, visible, forgiving=forgiving):
            return hits, False
    return related(index, query, visible, limit=NEAREST), True


def related(index: Index, text: str, visible: dict[int, Document], *, limit: int) -> list[Hit]:
    """The articles that share most of the rare words of a text, best first, and which words those are."""
    asked = each_once(_pieces(text))[:ASKED]
    expanded = {word: _forms(index, word) for word in asked}
    found = {word: held for word, terms in expanded.items() if (held := _held(index, terms, visible))}
    rare = {word: held for word, held in found.items() if len(held) <= max(1, COMMON * len(visible))}
    shares = _scored(index, rare)
    hits = [
        _hit(visible[place], sum(parts.values()), parts)
        for place, parts in shares.items()
        if len(parts) >= SHARED or _in_title(index, parts, expanded, place)
    ]
    return sorted(hits)[:limit]


def coverage(index: Index, text: str) -> int:
    """How many different words of a text the index knows: tells in which language it is written."""
    return sum(bool(index.words_with(word)) for word in each_once(_pieces(text))[:ASKED])


def _pieces(text: str) -> list[str]:
    """The words of a text as the index has them; of scripts without spaces, all neighbouring letters."""
    from chalicelib.directory.words import folded, is_unspaced, words

    found: list[str] = []
    for word in words(folded(text)):
        if not is_unspaced(word):
            found.append(word)
        else:
            found += [word[place : place + BIGRAM] for place in range(max(1, len(word) - 1))]
    return [word for word in found if len(word) > BIGRAM or is_unspaced(word)]


def _forms(index: Index, word: str) -> list[str]:
    """The words that may be forms of this one: `lamps` of `lamp`, `flackert` of `flackern`.

    They share its beginning but for three letters, four letters at least, and are about as long: roughly what
    a stemmer says, in any language. Letters of a script without spaces are looked for within words.
    """
    from chalicelib.directory.words import is_unspaced

    if is_unspaced(word):
        return index.words_with(word)
    stem = word[: max(STEM, len(word) - ENDING)]
    longest = len(word) + ENDING
    return [
        term
        for term in index.words_with(stem)
        if term == word or (len(stem) >= STEM and len(term) <= longest)
    ]


_Held = dict[int, tuple[int, float]]
"""By document: the best field that a word stands in, and what all it stands for is worth."""


def _held(index: Index, terms: Iterable[str], visible: dict[int, Document], whole: str = "") -> _Held:
    """Where any of the terms stands. The field counts twice, and one more for the whole word."""
    held: _Held = {}
    for term in terms:
        for posting in index.exactly(term):
            if posting.place in visible:
                field, worth = held.get(posting.place, (0, 0.0))
                here = 2 * posting.field + (term == whole)
                held[posting.place] = max(field, here), worth + posting.worth
    return held


def _expansions(index: Index, word: str, *, forgiving: bool) -> list[str]:
    literal = index.words_with(word)
    if literal or not forgiving or not matching.is_forgivable(word):
        return literal
    near = index.words_with(word[: matching.SURE])
    return [term for term in near if matching.match([word], [term], forgiving=True)]


def _all_words(
    index: Index, asked: Sequence[str], visible: dict[int, Document], *, forgiving: bool
) -> list[Hit]:
    found: dict[str, _Held] = {}
    for word in asked:
        found[word] = _held(index, _expansions(index, word, forgiving=forgiving), visible, word)
        if not found[word]:
            return []
    places = set.intersection(*map(set, found.values())) if found else set()
    shares = _scored(index, found)
    ranks = {place: sum(held[place][0] for held in found.values()) for place in places}
    hits = [
        _hit(visible[place], 1000 * ranks[place] + sum(shares[place].values()), shares[place])
        for place in places
    ]
    return sorted(hits)


def _scored(index: Index, found: dict[str, _Held]) -> dict[int, dict[str, float]]:
    counts = {word: {place: worth for place, (_, worth) in held.items()} for word, held in found.items()}
    return ranking.shares(counts, [float(one.length) for one in index.documents])


def _in_title(index: Index, parts: Iterable[str], expanded: dict[str, list[str]], place: int) -> bool:
    """Whether the title has one of the words, but for those that are too short to say anything alone."""
    return any(
        posting.place == place and posting.field == TITLE
        for word in parts
        if len(word) >= STEM or not word.isascii()
        for term in expanded[word]
        for posting in index.exactly(term)
    )


def _hit(document: Document, score: float, parts: dict[str, float]) -> Hit:
    why = sorted(parts, key=lambda word: (-parts[word], word))[:WHY]
    return Hit(f"{1_000_000 - score:014.6f} {document.article_id}", document, why)
