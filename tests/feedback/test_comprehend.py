"""Amazon Comprehend, where a setting chooses it: a call a language and batch, and ours when it fails."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.kernel import aws, config
from tests.api import Api
from tests.cloud import Cloud
from tests.feedback.messages import message


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, list[str]]]]:
    """What Comprehend is asked. It finds everything bad, and knows no Portuguese today."""
    found: list[tuple[str, list[str]]] = []

    def detect(*, TextList: list[str], LanguageCode: str) -> Any:  # noqa: N803 - Comprehend's names
        found.append((LanguageCode, TextList))
        if LanguageCode == "pt":
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "BatchDetectSentiment")
        score = {"Positive": 0.02, "Negative": 0.95, "Neutral": 0.02, "Mixed": 0.01}
        results = [
            {"Index": n, "Sentiment": "NEGATIVE", "SentimentScore": score} for n in range(len(TextList))
        ]
        return {"ResultList": results[1:] if LanguageCode == "fr" else results, "ErrorList": []}

    client = SimpleNamespace(batch_detect_sentiment=detect)
    monkeypatch.setattr(aws, "comprehend", cache(lambda: client))
    monkeypatch.setenv("RAPPORT_SENTIMENT_ENGINE", "comprehend")
    config.settings.cache_clear()
    yield found
    config.settings.cache_clear()


def test_comprehend_is_asked_once_a_language_and_ours_stands_in(
    api: Api, cloud: Cloud, asked: list[tuple[str, list[str]]]
) -> None:
    texts = {
        "I like the new shop on the corner": "comprehend",
        "The parcel came on the third day " + "x" * 4_900: "comprehend",
        "Das Paket ist gestern bei mir angekommen": "comprehend",
        "O atendimento foi excelente e muito rápido": "offline",
        "Le colis est arrivé hier dans la journée": "offline",
        "Il ne fonctionne pas avec mon téléphone": "comprehend",
        "Sklep jest na rogu i nie ma go w planie": "offline",
    }
    batch = [message(kind="comment", score=None, comment=text) for text in texts]
    assert cloud.deliver("FeedbackQueue", [*batch, message(score=9)]) == set()
    assert sorted(language for language, _ in asked) == ["de", "en", "fr", "pt"]
    assert all(len(text.encode()) <= 5_000 for _, some in asked for text in some)
    stored = {one["comment"]: one["sentiment"] for one in api.get("/v1/feedback").ok()["data"]}
    assert stored.pop(None)["engine"] == "rating"
    assert {text: one["engine"] for text, one in stored.items()} == texts
    assert stored["I like the new shop on the corner"]["label"] == "negative"
    assert stored["O atendimento foi excelente e muito rápido"]["label"] == "positive"
