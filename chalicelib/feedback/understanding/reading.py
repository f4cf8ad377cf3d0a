"""Everything that is made of a response, offline: pure, total, linear in the length of its words."""

from __future__ import annotations

from chalicelib.feedback.understanding import language as languages
from chalicelib.feedback.understanding.lexicon import lexicon
from chalicelib.feedback.understanding.model import Engine, Understanding
from chalicelib.feedback.understanding.opinion import opinion, rated
from chalicelib.feedback.understanding.themes import themes
from chalicelib.feedback.understanding.tokens import tokens
from chalicelib.feedback.understanding.urgency import urgency
from chalicelib.feedback.understanding.wording import Reading, read

SAYING = 3
"""Words from which on a guessed language is good enough to be kept."""


def understand(
    kind: str,
    score: int | None,
    text: str | None,
    told: str | None,
    *,
    reading: Reading | None = None,
    engine: Engine = "offline",
) -> Understanding:
    """What a response says, by its score and words; `told` is the language that it says it has.

    With a `reading` by another engine, that one stands for ours.
    """
    rating = rated(kind, score)
    if not (text or "").strip():
        return Understanding(language=told, sentiment=opinion(rating, None))
    found = tokens(str(text))
    detected = languages.found(str(text))
    language = languages.read_in(told, detected, found)
    words = lexicon(language or "")
    return Understanding(
        language=told or detected or (language if len(found) >= SAYING else None),
        sentiment=opinion(rating, reading or read(found, words), engine if reading else "offline"),
        themes=themes(found, words, language),
        urgency=urgency(found, words),
    )
