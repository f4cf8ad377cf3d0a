"""The pages at /help, as text; in a browser: tests/browser."""

from __future__ import annotations

import re
from typing import Any

import pytest

from chalicelib.knowledge import votes
from tests.api import Api
from tests.cloud import Cloud
from tests.knowledge.articles import PUBLIC, published


@pytest.fixture
def made(api: Api, cloud: Cloud) -> Any:
    made = published(api, cloud, "Returns & <refunds>", "Send it *back*.", section="Orders", slug="returns")
    german = {"texts": {"de": {"title": "Rückgabe", "markdown": "Zurück."}}, "status": "published"}
    after = api.patch(f"/v1/articles/{made['id']}", german).ok()
    cloud.pump()
    return after


def page(path: str, status: int = 200, **headers: str) -> str:
    answer = PUBLIC.get(path, **headers)
    assert answer.status == status
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.text
    return answer.text


def test_the_first_page_lists_the_articles_in_the_browsers_language(made: Any) -> None:
    english = page("/help")
    assert '<html lang="en"' in english
    assert "Returns &amp; &lt;refunds&gt;" in english
    assert "<h2>Orders</h2>" in english
    german = page("/help", Accept_Language="de-AT,de;q=0.8")
    assert '<html lang="de"' in german
    assert "Rückgabe" in german
    assert 'hreflang="en"' in german
    assert page("/help?language=en", Accept_Language="de") == english


def test_searching(made: Any) -> None:
    found = page("/help?q=back&language=en")
    assert "Found for “back”" in found
    assert 'value="back"' in found
    nothing = page('/help?q=xylophone"><b>&language=en')
    assert "<b>" not in nothing
    assert "Nothing found for" in nothing


def test_an_article_its_languages_and_its_vote(api: Api, made: Any) -> None:
    shown = page("/help/returns")
    assert "<p>Send it <em>back</em>.</p>" in shown
    assert shown.count("<h1>") == 1
    [action] = re.findall(r'formaction="https://api.shop.example([^"]*helpful=true[^"]*)"', shown)
    thanks = PUBLIC.post(action.replace("&amp;", "&"))
    assert "Thank you" in thanks.text
    assert "no-cache" in thanks.headers["Cache-Control"]
    assert api.get(f"/v1/articles/{made['id']}/votes").ok()["helpful"] == 1
    assert "War das hilfreich?" in page("/help/returns?language=de")


def test_too_many_votes_are_told_on_the_page(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(votes, "MOST", 0)
    assert "tomorrow" in PUBLIC.post("/help/returns?helpful=true").text


@pytest.mark.parametrize("path", ["/help/nothing", "/help/Not%20a%20slug"])
def test_what_is_not_there_says_so_and_offers_the_search(cloud: Cloud, path: str) -> None:
    shown = page(path, 404, Accept_Language="de")
    assert "Diesen Artikel gibt es nicht." in shown
    assert 'role="search"' in shown


def test_without_articles(cloud: Cloud) -> None:
    assert "There are no articles yet." in page("/help")


def test_many_articles_come_in_pages(api: Api, cloud: Cloud) -> None:
    for number in range(3):
        published(api, cloud, f"Article {number}")
    first = page("/help?limit=2&language=en")
    [url] = re.findall(r'href="https://api.shop.example(/help[^"]*after=[^"]*)"', first)
    assert "Article 2" in page(url.replace("&amp;", "&"))
