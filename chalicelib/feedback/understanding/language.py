"""Which language the words are read in."""

from __future__ import annotations

from collections import Counter

from chalicelib.feedback.understanding.lexicon import LANGUAGES, fold, lexicon
from chalicelib.feedback.understanding.tokens import Token
from chalicelib.mail.reading.language import detect

GUESSED = 60
"""Words that are looked at where the text is too short to tell its language."""


def found(text: str) -> str | None:
    """The language tag of a text, as of a mail; None when it does not tell."""
    return detect(text)


def read_in(told: str | None, detected: str | None, words: list[Token]) -> str | None:
    """The language whose lexicon reads the words: the one that was found, the one that was told, or a guess.

    None for a language that has no lexicon here.
    """
    for tag in (detected, told):
        if tag:
            language = tag.partition("-")[0].lower()
            return language if language in LANGUAGES else None
    return _guess(words)


def _guess(words: list[Token]) -> str | None:
    """The language that knows most of the words; English when two know as many, None when none knows any."""
    some = [fold(token.text) for token in words if token.kind == "word"][:GUESSED]
    known: Counter[str] = Counter()
    for language in LANGUAGES:
        lexicon_ = lexicon(language)
        stop = lexicon_.section("stop")
        known[language] = sum(
            2 * (word in lexicon_.valences.words or word in stop) or (lexicon_.valence(word) is not None)
            for word in some
        )
    best = max(known.values())
    return next((language for language in LANGUAGES if known[language] == best), None) if best else None
