"""Which engine reads the words of a batch: ours, or Amazon Comprehend where a setting says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chalicelib.feedback.model import Feedback, NewFeedback
from chalicelib.feedback.understanding.model import Understanding
from chalicelib.kernel import telemetry
from chalicelib.kernel.config import settings

if TYPE_CHECKING:
    from chalicelib.feedback.understanding.wording import Reading

COMPREHENDED = ("ar", "de", "en", "es", "fr", "hi", "it", "ja", "ko", "pt", "zh", "zh-TW")
"""Languages that Comprehend knows (BatchDetectSentiment)."""
AT_ONCE = 25
"""Texts that one call takes."""
MAX_BYTES = 4_900
"""Of a text; Comprehend takes 5 KB."""


Said = NewFeedback | Feedback


def understand_all(responses: Sequence[Said]) -> list[Understanding]:
    """What each response says: no call, with Comprehend one for each language among them.

    What Comprehend cannot be asked, or does not answer, our own engine reads; each says who did.
    """
    readings = _comprehended(responses) if settings().sentiment_engine == "comprehend" else {}
    return [_understood(one, readings.get(place)) for place, one in enumerate(responses)]


def _understood(response: Said, reading: Reading | None) -> Understanding:
    if not response.comment:
        from chalicelib.feedback.understanding.opinion import opinion, rated

        sentiment = opinion(rated(response.kind, response.score), None)
        return Understanding(language=response.language, sentiment=sentiment)
    from chalicelib.feedback.understanding.reading import understand  # brings the lexicons

    return understand(
        response.kind,
        response.score,
        response.comment,
        response.language,
        reading=reading,
        engine="comprehend" if reading else "offline",
    )


def _comprehended(responses: Sequence[Said]) -> dict[int, Reading]:
    """What Comprehend makes of the texts, by their places."""
    from chalicelib.feedback.understanding.language import found

    by_language: dict[str, list[int]] = {}
    for place, response in enumerate(responses):
        if (response.comment or "").strip():
            language = _comprehensible(found(str(response.comment)) or response.language)
            if language:
                by_language.setdefault(language, []).append(place)
    readings: dict[int, Reading] = {}
    for language, places in by_language.items():
        for begin in range(0, len(places), AT_ONCE):
            part = places[begin : begin + AT_ONCE]
            readings |= _ask(language, {place: str(responses[place].comment) for place in part})
    return readings


def _comprehensible(tag: str | None) -> str | None:
    """The code that Comprehend has for a language; None for one that it does not know."""
    if not tag:
        return None
    if tag.lower() in ("zh-hant", "zh-tw"):
        return "zh-TW"
    code = tag.partition("-")[0].lower()
    return code if code in COMPREHENDED else None


def _ask(language: str, texts: dict[int, str]) -> dict[int, Reading]:
    """One call; nothing when it fails, which is logged without the texts."""
    from botocore.exceptions import BotoCoreError, ClientError

    from chalicelib.feedback.understanding.wording import Reading
    from chalicelib.kernel import aws

    places = list(texts)
    try:
        answer = aws.comprehend().batch_detect_sentiment(
            TextList=[_cut(text) for text in texts.values()],
            LanguageCode=language,
        )
    except (BotoCoreError, ClientError) as error:
        telemetry.logger.warning("comprehend failed", error=type(error).__name__, texts=len(texts))
        return {}
    readings = {}
    for result in answer["ResultList"]:
        shares = result["SentimentScore"]
        good, bad = shares.get("Positive", 0.0), shares.get("Negative", 0.0)
        readings[places[result["Index"]]] = Reading(round(good - bad, 4), good, bad, 2)
    return readings


def _cut(text: str) -> str:
    return text.encode()[:MAX_BYTES].decode(errors="ignore")
