"""How much a text has to do with what was asked: BM25F in its simple form.

S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", Foundations and Trends in
Information Retrieval 3 (4), 2009: equation 3.15 for BM25, section 3.6 for fields, whose weighted counts are
summed before they are saturated. The 1 within the logarithm keeps the weight of a frequent word above zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log

K1, B = 1.2, 0.75
"""How soon more of a word says nothing new, and how much a text's length counts: the usual values."""


def weight(articles: int, having: int) -> float:
    """The weight of a word that so many of the articles have: the rarer, the heavier. Above 0."""
    return log(1 + (articles - having + 0.5) / (having + 0.5))


def saturated(count: float, length: float, average: float) -> float:
    """From 0 for none to 1 for very many: how much a word's count says in a text of this length."""
    return count / (count + K1 * (1 - B + B * length / average)) if count else 0.0


def shares(found: Mapping[str, Mapping[int, float]], lengths: Sequence[float]) -> dict[int, dict[str, float]]:
    """What each word adds to the score of each article that has it, by article.

    `found`: by word, how often articles have it, weighted by field; `lengths`: of the articles, in words.
    """
    average = max(1.0, sum(lengths) / max(1, len(lengths)))
    added: dict[int, dict[str, float]] = {}
    for word, counts in found.items():
        heavy = weight(len(lengths), len(counts))
        for place, count in counts.items():
            added.setdefault(place, {})[word] = heavy * saturated(count, lengths[place], average)
    return added
