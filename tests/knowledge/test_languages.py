"""Language tags, and which language a reader gets."""

from __future__ import annotations

import pytest

from chalicelib.kernel.http.visitors import accepted
from chalicelib.knowledge.languages import best, canonical, chain


@pytest.mark.parametrize(
    ("given", "tag"), [("DE-at", "de-AT"), ("zh-hant-tw", "zh-Hant-TW"), ("es-419", "es-419")]
)
def test_tags_are_written_in_one_way(given: str, tag: str) -> None:
    assert canonical(given) == tag


def test_a_language_falls_back_to_itself_without_region() -> None:
    assert chain("zh-Hant-TW") == ["zh-Hant-TW", "zh-Hant", "zh"]


@pytest.mark.parametrize(
    ("wanted", "there", "chosen"),
    [
        (["de-AT"], ["de-AT", "de", "en"], "de-AT"),
        (["de-AT"], ["de", "en"], "de"),
        (["de-AT"], ["en", "fr"], "en"),
        (["pt"], ["en", "pt-BR"], "pt-BR"),
        (["it", "fr-CH"], ["en", "fr"], "fr"),
        ([], ["en", "fr"], "en"),
    ],
)
def test_the_reader_gets_the_nearest(wanted: list[str], there: list[str], chosen: str) -> None:
    assert best(wanted, there, "en") == chosen


def test_accept_language_is_read_by_weight() -> None:
    assert accepted("fr;q=0.4, de-AT, en;q=0.8, *;q=0.1, x y, es;q=0") == ["de-AT", "en", "fr"]
    assert accepted("") == []
    assert accepted("de;q=9" + ",a" * 10_000) == []
