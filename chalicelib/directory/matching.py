"""Whether a customer's terms match what was asked for, literally or with one typo forgiven."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

FORGIVING = 5
"""Letters of a word in which one typo is forgiven."""
SURE = 3
"""Letters at a word's beginning in which none is, since they choose what is read."""


def is_forgivable(word: str) -> bool:
    """Whether a typo may hide in the word: numbers, addresses and short words are taken literally."""
    return len(word) >= FORGIVING and word.isalpha()


def match(words: Iterable[str], terms: Sequence[str], *, forgiving: bool = False) -> bool:
    """Whether every word is the beginning of a term; `forgiving`: or one edit away from one."""
    return all(_found(word, terms) or (forgiving and _nearly(word, terms)) for word in words)


def _found(word: str, terms: Sequence[str]) -> bool:
    return any(term.startswith(word) for term in terms)


def _nearly(word: str, terms: Sequence[str]) -> bool:
    """Whether one letter left out, put in, mistaken or swapped with the next leads to a term's beginning."""
    if not is_forgivable(word):
        return False
    from rapidfuzz.distance import OSA

    lengths = (len(word) - 1, len(word), len(word) + 1)
    beginnings = {term[:length] for term in terms for length in lengths if term[:SURE] == word[:SURE]}
    return any(OSA.distance(word, beginning, score_cutoff=1) <= 1 for beginning in beginnings)


def narrowest(words: Sequence[str]) -> str:
    """The word whose postings are probably the fewest: addresses and numbers first, then the longest."""
    return max(words, key=_narrowness)


def _narrowness(word: str) -> tuple[bool, int]:
    exact = "@" in word or "." in word or word.isdecimal()
    return exact and len(word) > SURE, len(word.encode())


def exactness(words: Iterable[str], terms: Sequence[str]) -> int:
    """How many of the words are whole terms."""
    return sum(word in terms for word in words)
