"""Whether somebody should look at a response at once: words of leaving, of law and of safety, by language."""

from __future__ import annotations

from chalicelib.feedback.understanding.lexicon import Entries, Lexicon, fold
from chalicelib.feedback.understanding.model import Reason, Urgency
from chalicelib.feedback.understanding.tokens import Token

REASONS: tuple[Reason, ...] = ("leave", "legal", "safety")
DENIED = 3
"""Words before one within which a negation takes it back: "no accident"."""


def urgency(found: list[Token], lexicon: Lexicon) -> Urgency:
    """The level of urgency, and its reasons."""
    words = [fold(token.text) if token.kind == "word" else "," for token in found]
    said = {
        alarm
        for place, word in enumerate(words)
        for alarm in lexicon.alarms(word)
        if _says(lexicon.urgency[alarm], words, place) and not _denied(words, place, lexicon)
    }
    reasons = [reason for reason in REASONS if reason in said]
    serious = "legal" in reasons or "safety" in reasons
    return Urgency(level="high" if serious else "raised" if reasons else "none", reasons=reasons)


def _denied(words: list[str], place: int, lexicon: Lexicon) -> bool:
    before = words[max(0, place - DENIED) : place]
    if "," in before:
        before = before[len(before) - before[::-1].index(",") :]
    return not lexicon.section("negators").isdisjoint(before)


def _says(entries: Entries, words: list[str], place: int) -> bool:
    return bool(entries.phrase(words, place) or entries.word(words[place]))
