"""Whether somebody should look at a response at once: words of leaving, of law and of safety, by language."""

from __future__ import annotations

from chalicelib.feedback.understanding.lexicon import Lexicon, fold
from chalicelib.feedback.understanding.model import Reason, Urgency
from chalicelib.feedback.understanding.tokens import Token

REASONS: tuple[Reason, ...] = ("leave", "legal", "safety")
DENIED = 3
"""Words before one within which a negation takes it back: "no accident"."""


def urgency(found: list[Token], lexicon: Lexicon) -> Urgency:
    """The level of urgency, and its reasons."""
    words = [fold(token.text) if token.kind == "word" else "," for token in found]
    reasons = [reason for reason in REASONS if _says(words, lexicon, reason)]
    serious = "legal" in reasons or "safety" in reasons
    return Urgency(level="high" if serious else "raised" if reasons else "none", reasons=reasons)


def _says(words: list[str], lexicon: Lexicon, reason: Reason) -> bool:
    entries = lexicon.urgency.get(reason)
    if entries is None:
        return False
    negators = lexicon.section("negators")
    for place, word in enumerate(words):
        if entries.phrase(words, place) or entries.word(word):
            before = words[max(0, place - DENIED) : place]
            if "," in before:
                before = before[len(before) - before[::-1].index(",") :]
            if not negators.intersection(before):
                return True
    return False
