"""How a response feels: the score that was given first, then its words.

A score is what people were asked for, so it gives the label: promoters, satisfied ones and little effort are
positive; passives, 3 of 5 and 4 of 7 are neutral; the rest is negative. Words decide in two cases: where the
score is neutral and they lean to a side, and where they clearly say the opposite, as of people who took the
scale the wrong way round.
"""

from __future__ import annotations

from chalicelib.feedback.understanding.model import Engine, Label, Sentiment
from chalicelib.feedback.understanding.wording import Reading

LEANING = 0.2
"""The score of words from which on they are good, or bad: one weak word without more is 0.28."""
DECIDING = 0.35
"""Words that decide where a rating is neutral."""
CONTRARY = 0.75
"""Words that clearly contradict a rating: two strong ones at least, and next to nothing on its side."""
ONE_SIDED = 4.0
"""How many times as much they say on their own side."""

NPS = (-1.0, -0.95, -0.9, -0.85, -0.75, -0.65, -0.5, -0.1, 0.1, 0.7, 1.0)
CSAT = (-1.0, -0.6, 0.0, 0.6, 1.0)
CES = (-1.0, -0.8, -0.5, 0.0, 0.4, 0.75, 1.0)
"""What a score says, by its place on its scale: 0–10, 1–5 and 1–7."""


def rated(kind: str, score: int | None) -> float | None:
    """What a score of a kind says, from −1 to 1; None for a kind without score."""
    if score is None:
        return None
    match kind:
        case "nps":
            return NPS[score]
        case "csat":
            return CSAT[score - 1]
        case "ces":
            return CES[score - 1]
    return None


def side(score: float) -> Label:
    """The label of words that sum up to a score."""
    return "positive" if score > LEANING else "negative" if score < -LEANING else "neutral"


def opinion(rating: float | None, reading: Reading | None, engine: Engine = "offline") -> Sentiment | None:
    """What both together say; None where there is neither."""
    if rating is None:
        return of_words(reading, engine) if reading is not None else None
    label = side(rating)
    if reading is None or not reading.hits:
        return Sentiment(label=label, score=rating, confidence=0.8, engine="rating")
    if label == "neutral":
        if abs(reading.score) >= DECIDING:
            return of_words(reading, engine)
        return Sentiment(label=label, score=rating, confidence=0.7, engine="rating")
    if reading.score * rating < 0 and abs(reading.score) >= CONTRARY and _one_sided(reading):
        words = of_words(reading, engine)
        return words.model_copy(update={"confidence": round(words.confidence / 2, 2)})
    agreeing = reading.score * rating > 0
    score = round((rating + reading.score) / 2, 4) if agreeing else rating
    return Sentiment(label=label, score=score, confidence=0.95 if agreeing else 0.7, engine="rating")


def of_words(reading: Reading, engine: Engine) -> Sentiment:
    """What words alone say."""
    label = side(reading.score)
    sure = abs(reading.score) if label != "neutral" else 1 - abs(reading.score) / LEANING
    least = 0.5 if reading.hits else 0.3
    confidence = round(min(1.0, least + 0.45 * sure * (1 if reading.hits else 0)), 2)
    return Sentiment(label=label, score=reading.score, confidence=confidence, engine=engine)


def _one_sided(reading: Reading) -> bool:
    more, less = max(reading.good, reading.bad), min(reading.good, reading.bad)
    return more >= less * ONE_SIDED and reading.hits > 1
