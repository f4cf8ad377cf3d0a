"""How texts become terms and queries prefixes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.directory.words import (
    MAX_TERM,
    folded,
    prefixes_of,
    terms_of,
    terms_of_email,
    terms_of_phone,
)

LETTERS = st.characters(categories=["Lu", "Ll", "Lo"], max_codepoint=0x2FFFF)
WORD = st.text(LETTERS, min_size=1, max_size=12)
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)


@given(TEXT)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(TEXT)
def test_forms_of_one_text_fold_alike(text: str) -> None:
    for form in ("NFC", "NFD"):
        assert folded(unicodedata.normalize(form, text)) == folded(text)


@given(TEXT)
def test_terms_are_bounded_and_hold_no_space(text: str) -> None:
    for term in terms_of(text) + terms_of_email(f"{text}@example.org"):
        assert 0 < len(term) <= MAX_TERM
        assert not any(char.isspace() for char in term)


@given(st.lists(WORD, min_size=1, max_size=4), st.data())
def test_every_beginning_of_every_word_finds_the_text(name: list[str], data: st.DataObject) -> None:
    terms = terms_of(" ".join(name))
    word = data.draw(st.sampled_from(name))
    beginning = word[: data.draw(st.integers(1, len(word)))]
    for prefix in prefixes_of(beginning):
        assert any(term.startswith(prefix) for term in terms), (prefix, terms)


@given(st.lists(WORD, min_size=1, max_size=4), st.randoms())
def test_words_may_come_in_any_order(name: list[str], rng: object) -> None:
    asked = sorted(name, key=len)
    terms = terms_of(" ".join(name))
    for prefix in prefixes_of(" ".join(asked)):
        assert any(term.startswith(prefix) for term in terms), (prefix, terms)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Seán O’Brien", "sean o'brien"),
        ("Seán O'Brien", "BRIEN"),
        ("Müller-Lüdenscheidt", "muller"),
        ("Müller-Lüdenscheidt", "lüdenscheidt"),
        ("Müller", "Mueller"),
        ("Ørsted Łukasz", "lukasz orsted"),
        ("Đorđe Æsir", "dorde aesir"),
        ("IŞIK", "ışık"),
        ("Straße", "STRASSE"),
        ("山田太郎", "太郎"),
        ("山田 太郎", "山田太郎"),
        ("山田太郎", "太郎 山田"),
        ("김철수", "철수"),
        ("ヤマダ", "ﾔﾏﾀﾞ"),
        ("สมชายใจดี", "ใจดี"),
        ("Ελένη", "ελενη"),
        ("Ёлкин", "елкин"),
        ("नरेंद्र मोदी", "मोदी"),
        ("مُحَمَّد", "محمد"),
        ("Ｆｕｌｌ　Ｗｉｄｔｈ", "full width"),
        ("Customer 000123", "0001"),
        ("Customer 000123", "123"),
        ("Kunde ٤٢", "42"),
        ("Booking.com", "booking.c"),
        ("St.John", "st.john"),
        ("24/7 Studio", "24/7"),
        ("Area 51 777 GmbH", "area 51"),
        ("J.R.R. Tolkien", "J.R. Tolk"),
        ("INV-2024-7", "inv-2024-7"),
        ("Lovelace, Ada", "ada lovelace"),
        ("Mül\u00adler", "müller"),
        ("\ufeffAda\u2060Lovelace", "adalove"),
        ("ക്\u200dഷ", "ക്ഷ"),
        ("علی\u200cرضا", "علیرضا"),
        ("علی\u200cرضا", "رضا علی"),
        ("علی رضا", "علی\u200cرضا"),
    ],
)
def test_people_type_it_differently(text: str, query: str) -> None:
    prefixes = prefixes_of(query)
    assert prefixes
    terms = terms_of(text)
    for prefix in prefixes:
        assert any(term.startswith(prefix) for term in terms), (prefixes, terms)


@pytest.mark.parametrize(
    "query",
    [
        "ada.lov",
        "ada.lovelace@exa",
        "ADA.LOVELACE@EXAMPLE.ORG",
        "lovelace",
        "@example.o",
        "example.org",
        "@example",
        "<ada.lovelace@example.org>",
    ],
)
def test_parts_of_an_address(query: str) -> None:
    terms = terms_of_email("Ada.Lovelace@example.org")
    assert all(any(term.startswith(prefix) for term in terms) for prefix in prefixes_of(query))


@pytest.mark.parametrize(
    "query",
    [
        "(030) 123-45 67",
        "030/1234567",
        "030.123.4567",
        "+49 30 1234567",
        "0049 30 1234567",
        "+49 (0)30 1234567",
        "49301234567",
        "301234",
        "03012",
        "+4930",
    ],
)
def test_a_number_in_any_notation(query: str) -> None:
    terms = terms_of_phone("+49301234567", "301234567")
    [prefix] = prefixes_of(query)
    assert any(term.startswith(prefix) for term in terms), prefix


def test_a_number_beside_words() -> None:
    assert prefixes_of("Ada 030 123 45 67") == ["ada", "301234567"]
    assert prefixes_of("Route 66 12") == ["route", "66", "12"]
    assert prefixes_of(" - !? 00 ") == []
