"""What a text is about: its keyphrases, found as candidates between small words and marks.

As in RAKE (Rose and others, "Automatic Keyword Extraction from Individual Documents", 2010), but shorter, so
that the same thing gets the same name: two words at most, without words of feeling, names and verbs that
their endings give away. German writes its nouns with capitals, which is as good as a parser.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from chalicelib.feedback.understanding.lexicon import Lexicon, fold
from chalicelib.feedback.understanding.model import MAX_THEMES
from chalicelib.feedback.understanding.tokens import Token

LEAST_LETTERS = 3
LONGEST = 40
"""Characters of a theme at most."""
_NOUN_FIRST = ("fr", "es", "it", "pt")
"""Languages in which the word that matters comes first: `hotel limpio`."""
_ENGLISH_NOUNS = frozenset(
    [
        "parking",
        "booking",
        "packaging",
        "shipping",
        "billing",
        "pricing",
        "building",
        "wedding",
        "meeting",
        "heating",
        "cleaning",
        "training",
        "seating",
        "dining",
        "bedding",
        "lighting",
        "advertising",
        "catering",
        "marketing",
        "onboarding",
        "plumbing",
        "wiring",
        "ceiling",
        "clothing",
        "landing",
        "charging",
        "evening",
        "morning",
        "streaming",
        "messaging",
        "printing",
        "speed",
        "feed",
        "food",
        "bed",
        "breed",
        "supply",
        "family",
        "reply",
        "assembly",
        "king",
        "ring",
        "string",
        "spring",
        "wing",
    ]
)
_ENGLISH_ENDINGS = ("ly", "ing", "ed")


def themes(found: list[Token], lexicon: Lexicon, language: str | None) -> list[str]:
    """The keyphrases of a text, those that come most often first; five at most."""
    if language is None:
        return []  # without its small words, anything would be a theme
    counted: Counter[str] = Counter()
    for phrase in _phrases(found, lexicon, language):
        name = " ".join(phrase)
        if len(name) <= LONGEST:
            counted[name] += 1
    return [name for name, _ in counted.most_common(MAX_THEMES)]


def _phrases(found: list[Token], lexicon: Lexicon, language: str | None) -> Iterator[tuple[str, ...]]:
    """Neighbouring words that may be nouns, two at a time at most."""
    german = language == "de" and any(token.capital and not token.first for token in found)
    run: list[str] = []
    for token in [*found, Token("mark", ".")]:
        if _is_noun(token, lexicon, language, german=german):
            run.append(_singular(token.text, language))
            continue
        if run:
            yield tuple(run[:2] if language in _NOUN_FIRST else run[-2:])
        run = []


def _is_noun(token: Token, lexicon: Lexicon, language: str | None, *, german: bool) -> bool:
    word = fold(token.text)
    if token.kind != "word" or len(word) < LEAST_LETTERS or word in lexicon.small_words or not word.isalpha():
        return False
    if lexicon.valence(word):
        return False
    if german:
        return token.capital
    if token.capital and not token.first and not token.loud:
        return False  # a name, as a rule: of a person, or of a place
    if language == "en":
        return word in _ENGLISH_NOUNS or not word.endswith(_ENGLISH_ENDINGS)
    return True


def _singular(word: str, language: str | None) -> str:
    """English plurals become singular, so that both are one theme."""
    if (
        language != "en"
        or len(word) < LEAST_LETTERS + 2
        or not word.endswith("s")
        or word.endswith(("ss", "us", "is"))
    ):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ches", "shes", "xes", "sses")) else word[:-1]
