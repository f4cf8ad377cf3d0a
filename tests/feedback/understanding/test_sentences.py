"""The engine on sentences of our own, over seven languages; every other one was not looked at while tuning.

They are by the author of the lexicons, so they say whether something broke, not how good the engine is on
what others write: docs/feedback.md has figures of that, from `python -m bench.sentiment`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.feedback.understanding.reading import understand

SENTENCES = [
    line.split("\t") for line in (Path(__file__).parent / "sentences.tsv").read_text("utf-8").splitlines()
]


def _right(sentences: list[list[str]]) -> float:
    said = [understand("comment", None, text, None).sentiment for _, _, text in sentences]
    labels = [label for _, label, _ in sentences]
    return sum(one is not None and one.label == label for one, label in zip(said, labels, strict=True)) / len(
        labels
    )


@pytest.mark.parametrize(("half", "least"), [(0, 0.95), (1, 0.92)], ids=["tuned", "held out"])
def test_most_sentences_are_read_as_they_are_meant(half: int, least: float) -> None:
    assert len(SENTENCES) >= 120
    assert _right(SENTENCES[half::2]) >= least


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "nl", "pt"])
def test_each_language_is_read(language: str) -> None:
    own = [one for one in SENTENCES if one[0] == language]
    assert _right(own) >= 0.9
    found = [understand("comment", None, text, None).language for _, _, text in own]
    assert sum(one == language for one in found) / len(own) >= 0.8
