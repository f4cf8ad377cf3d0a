"""The index and what is found in it, without AWS."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.knowledge import ranking
from chalicelib.knowledge.index import EXCERPT, Document, Entry, Index, excerpt_of, words_of
from chalicelib.knowledge.searching import related, search, variants

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def entry(
    number: int, title: str, text: str = "", *, tags: tuple[str, ...] = (), language: str = "en"
) -> Entry:
    document = Document(
        article_id=f"art_{number}",
        slug=f"slug-{number}",
        language=language,
        title=title,
        key=f"key {title} {text}",
        tags=list(tags),
        is_public=True,
        excerpt=excerpt_of(text),
        updated_at=NOW,
        length=len(text.split()),
    )
    return Entry(document, words_of(title, tags, text))


def index_of(*entries: Entry) -> Index:
    index = Index([], {})
    for one in entries:
        index = index.replaced(one.document.article_id, [one])
    return index


def found(index: Index, query: str, language: str = "en") -> list[str]:
    hits, _ = search(index, query, variants(index, language, internal=False))
    return [hit.document.title for hit in hits]


def test_titles_come_before_tags_and_those_before_texts() -> None:
    index = index_of(
        entry(1, "Other", "refund " * 50),
        entry(2, "Another", tags=("Refunds",)),
        entry(3, "When the refund comes"),
    )
    assert found(index, "refund") == ["When the refund comes", "Another", "Other"]


@pytest.mark.parametrize(
    "query", ["ruckgabe lampe", "LAMPE rück", "rueckgabe", "Lampé", "ruckgabe fyr 30", "Rückgaeb"]
)
def test_words_are_found_as_people_type_them(query: str) -> None:
    index = index_of(entry(1, "Rückgabe einer Lampe", "Fyr binnen 30 Tagen"), entry(2, "Versand", "Kosten"))
    assert found(index, query) == ["Rückgabe einer Lampe"]


@pytest.mark.parametrize("query", ["退货", "货政", "政策 退货", "レンズ"])
def test_scripts_without_spaces_are_found_from_within(query: str) -> None:
    assert found(index_of(entry(1, "我们的退货政策", "新しいレンズの交換")), query) == ["我们的退货政策"]


def test_all_words_are_needed_before_the_nearest_is_shown() -> None:
    index = index_of(
        entry(1, "Reset a password", "Open the page, choose a new password."),
        entry(2, "Change the address", "Open the page and save."),
        entry(3, "Pay by invoice", "You do it on the page."),
    )
    hits, nearest = search(index, "how do I reset my password", variants(index, "en", internal=False))
    assert nearest
    assert hits[0].document.title == "Reset a password"
    assert found(index, "xylophone") == []
    assert found(index, "xylophone zebra page") == [], "a word that all have does not say much"


def test_only_what_may_be_seen_in_the_nearest_variant() -> None:
    german, austrian = entry(1, "Stuhl", language="de"), entry(1, "Sessel", language="de-AT")
    index = Index([], {}).replaced("art_1", [german, austrian])
    hidden = entry(2, "Sessel intern")
    index = index.replaced(
        "art_2", [hidden._replace(document=hidden.document.model_copy(update={"is_public": False}))]
    )
    assert found(index, "sessel", "de-AT") == ["Sessel"]
    assert found(index, "sessel", "de") == []
    assert found(index, "stuhl", "de-CH") == ["Stuhl"]


def test_related_articles_share_rare_words_and_say_which() -> None:
    index = index_of(
        entry(1, "A lamp flickers", "Dimmers flicker with some lamps. Change the bulb."),
        entry(2, "Returns", "Send the lamp back, we pay the parcel."),
        entry(3, "Cafés and hotels", "The order form for many lamps."),
    )
    visible = variants(index, "en", internal=True)
    hits = related(index, "Two of the lamps flicker when a dimmer is used, is it the bulb?", visible, limit=5)
    assert hits[0].document.title == "A lamp flickers"
    assert {"flicker", "bulb"} <= set(hits[0].why)
    assert "the" not in hits[0].why, "what most articles have is no reason"
    assert related(index, "Hello there", visible, limit=5) == []
    assert related(index, "", visible, limit=5) == []


def test_related_articles_in_a_script_without_spaces() -> None:
    index = index_of(entry(1, "電球の交換", "電球を交換する方法"), entry(2, "送料", "送料について"))
    hits = related(
        index, "ランプの電球が切れました。交換できますか", variants(index, "ja", internal=True), limit=5
    )
    assert [hit.document.title for hit in hits] == ["電球の交換"]


def test_the_score_is_bm25() -> None:
    shares = ranking.shares({"a": {0: 2.0}, "b": {0: 1.0, 1: 1.0}}, [10, 30])
    idf = math.log(1 + (2 - 1 + 0.5) / (1 + 0.5))
    assert shares[0]["a"] == pytest.approx(idf * 2 / (2 + 1.2 * (0.25 + 0.75 * 10 / 20)))
    assert shares[0]["b"] > shares[1]["b"], "in a shorter text a word says more"


words = st.text(alphabet="abcdé", min_size=1, max_size=4)


@given(st.lists(st.tuples(st.integers(0, 4), st.lists(words, max_size=6)), max_size=12))
@settings(max_examples=100)
def test_an_index_knows_the_last_text_of_each_article(changes: list[tuple[int, list[str]]]) -> None:
    """Whatever was replaced before, and also after it was stored and read."""
    index = Index([], {})
    last: dict[int, Entry] = {}
    for number, text in changes:
        last.pop(number, None)
        if text:
            last[number] = entry(number, text[0], " ".join(text))
        index = index.replaced(f"art_{number}", [last[number]] if text else [])
    index = Index.of(index.stored)
    assert index.stored == index_of(*last.values()).stored
    for word in {word for one in last.values() for word in one.words}:
        wanted = {number for number, one in last.items() if any(had.startswith(word) for had in one.words)}
        hits, _ = search(index, word, variants(index, "en", internal=False))
        assert {int(hit.document.article_id[4:]) for hit in hits} == wanted


def test_excerpts_end_at_a_word() -> None:
    assert excerpt_of("short") == "short"
    long = excerpt_of("word " * 100)
    assert long.endswith("word …")
    assert len(long) <= EXCERPT + 2
    assert len(excerpt_of("長" * 1000)) == EXCERPT + 2
