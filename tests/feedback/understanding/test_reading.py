"""What is made of responses: always something, always bounded, by rules that can be said."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.feedback.understanding.lexicon import LANGUAGES, NEXT_LETTERS, lexicon
from chalicelib.feedback.understanding.model import MAX_THEMES, Sentiment
from chalicelib.feedback.understanding.reading import understand
from chalicelib.feedback.understanding.themes import LONGEST

SCALES = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}


def _said(text: str, kind: str = "comment", score: int | None = None) -> Sentiment:
    found = understand(kind, score, text, None).sentiment
    assert found is not None
    return found


@given(st.text(max_size=600), st.none() | st.sampled_from(["en", "de-AT", "fr", "ja", "xx"]))
def test_whatever_is_said_is_understood_within_bounds(text: str, told: str | None) -> None:
    found = understand("comment", None, text, told)
    if found.sentiment is not None:
        assert -1 <= found.sentiment.score <= 1
        assert 0 <= found.sentiment.confidence <= 1
    assert len(found.themes) <= MAX_THEMES
    assert all(0 < len(theme) <= LONGEST for theme in found.themes)
    assert found == understand("comment", None, text, told)


@given(st.sampled_from([(kind, n) for kind, (low, high) in SCALES.items() for n in range(low, high + 1)]))
def test_a_score_without_words_gives_the_label(rating: tuple[str, int]) -> None:
    kind, score = rating
    found = understand(kind, score, None, None).sentiment
    assert found is not None
    expected = {
        "nps": "positive" if score >= 9 else "neutral" if score >= 7 else "negative",
        "csat": "positive" if score >= 4 else "neutral" if score == 3 else "negative",
        "ces": "positive" if score >= 5 else "neutral" if score == 4 else "negative",
    }[kind]
    assert (found.label, found.engine) == (expected, "rating")


@pytest.mark.parametrize(
    ("kind", "score", "text", "label", "engine"),
    [
        ("nps", 10, "Terrible, the worst service ever, never again!", "negative", "offline"),
        ("nps", 0, "Absolutely wonderful, I love it, the best ever!", "positive", "offline"),
        ("csat", 5, "a bit slow", "positive", "rating"),
        ("csat", 1, "nice people, but it broke", "negative", "rating"),
        ("csat", 3, "Great food and lovely people", "positive", "offline"),
        ("nps", 7, "Rude staff and a dirty room", "negative", "offline"),
        ("ces", 4, "It is what it is", "neutral", "rating"),
    ],
)
def test_the_score_comes_first_unless_the_words_contradict_it(
    kind: str, score: int, text: str, label: str, engine: str
) -> None:
    found = _said(text, kind, score)
    assert (found.label, found.engine) == (label, engine)


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("The food was very good.", "The food was good."),
        ("The food was good.", "The food was slightly good."),
        ("The food was GOOD.", "The food was good."),
        ("The food was good!!!", "The food was good."),
        ("The food was sooo good.", "The food was good."),
        ("The food was good.", "Was the food good?"),
        ("The food was good.", "The food was not good."),
        ("The food was not bad.", "The food was bad."),
        ("It was slow but good.", "It was good but slow."),
        ("It is good.", "It could have been good."),
        ("Good 😍", "Good 😡"),
        ("okay :)", "okay :("),
        ("No problems at all.", "Problems."),
        ("Das Essen schmeckt.", "Das Essen schmeckt nicht."),
    ],
)
def test_words_around_a_word_change_it(more: str, less: str) -> None:
    assert _said(more).score > _said(less).score


@pytest.mark.parametrize(
    ("text", "level", "reasons"),
    [
        ("I will cancel my contract and go to the competition.", "raised", ["leave"]),
        ("My lawyer will hear of this.", "high", ["legal"]),
        ("The charger caught fire and burned my hand.", "high", ["safety"]),
        ("I am suing you, and cancelling my subscription.", "high", ["leave", "legal"]),
        ("No accident, no injury, all fine.", "none", []),
        ("The tennis court was nice.", "none", []),
        ("Ich kündige, und mein Anwalt meldet sich.", "high", ["leave", "legal"]),
        ("Das Gericht war lecker.", "none", []),
        ("Je vais résilier mon abonnement.", "raised", ["leave"]),
        ("Voy a poner una denuncia en el juzgado.", "high", ["legal"]),
        ("Il caricatore ha preso fuoco.", "high", ["safety"]),
        ("Ik zeg op en stap over naar de concurrent.", "raised", ["leave"]),
        ("Vou abrir um processo no Procon.", "high", ["legal"]),
    ],
)
def test_what_is_urgent_is_seen(text: str, level: str, reasons: list[str]) -> None:
    found = understand("comment", None, text, None).urgency
    assert (found.level, found.reasons) == (level, reasons)


@pytest.mark.parametrize(
    ("text", "themes"),
    [
        ("The delivery was late, and deliveries were late before.", ["delivery"]),
        ("Great customer service, bad parking.", ["customer service", "parking"]),
        ("Das Zimmer war sauber, der Aufzug leider kaputt.", ["zimmer", "aufzug"]),
        ("El desayuno fue excelente.", ["desayuno"]),
        ("I asked Maria Fischer, write to ada@example.org or +49 30 1234567", []),
        ("Super!", []),
    ],
)
def test_themes_are_what_it_is_about_and_name_nobody(text: str, themes: list[str]) -> None:
    assert understand("comment", None, text, None).themes == themes


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "not ",
        "!?",
        ":((((",
        "<",
        "http://",
        "a-",
        "a'",
        "@",
        "1.",
        "the waste of ",
        "😍",
        "é",
        "\n",
        "aa@",
    ],
)
def test_the_time_is_linear_whatever_is_repeated(piece: str) -> None:
    texts = [piece * (size // len(piece)) for size in (2_500, 100_000)]
    taken = []
    for text in texts:
        began = time.process_time()
        understand("comment", None, text, "en")
        taken.append(time.process_time() - began)
    assert taken[1] < 1, "a text is read up to 5,000 characters, in much less than a second"


def test_lexicons_are_sound() -> None:
    for language in LANGUAGES:
        found = lexicon(language)
        entries = found.valences
        stems = [pair for alike in entries.stems.values() for pair in alike]
        assert len(entries.words) + len(stems) + len(entries.phrases) > 300
        assert set(found.urgency) == {"leave", "legal", "safety"}
        assert found.section("negators")
        assert found.section("stop")
        for every in (entries, *found.urgency.values()):
            phrases = [one for same in every.phrases.values() for alike in same.values() for one, _ in alike]
            assert all(
                len(second.rstrip("*")) >= NEXT_LETTERS for _, second, *_ in phrases if second.endswith("*")
            )
        values: list[Any] = [*entries.words.values(), *dict(stems).values()]
        assert all(-4 <= value <= 4 for value in values)
        assert all(len(stem) >= 3 for stem, _ in stems), "a shorter stem would be of anything"
        assert len(set(stems)) == len(dict(stems)), "a stem weighs one thing"
