"""Published articles over HTTP, without a key. Caches may keep answers for a minute."""

from __future__ import annotations

from chalicelib.kernel.http.paging import Parameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.http.visitors import Visitor
from chalicelib.kernel.work import Work
from chalicelib.knowledge import reading, votes
from chalicelib.knowledge.languages import Language
from chalicelib.knowledge.model import Slug
from chalicelib.knowledge.reading import ArticleSearch, FoundArticles, PublicArticle, Sections
from chalicelib.knowledge.votes import NewVote

CACHED = 60
"""Seconds."""

routes = Routes("Public articles", __name__)


class LanguageQuery(Parameters):
    language: Language | None = None


@routes.get("/v1/public/articles", public=True, cached=CACHED)
def find_public_articles(query: ArticleSearch) -> FoundArticles:
    """Search the published articles, or list them by section and title. Lags a moment.

    All words must be there, each as the beginning of a word, in any order; else one typo in a word of five
    letters or more is forgiven; else, as `nearest`, comes what has most of the query.
    """
    return reading.found(query)


@routes.get("/v1/public/articles/{slug}", public=True, cached=CACHED)
def read_public_article(slug: Slug, query: LanguageQuery) -> PublicArticle:
    """Read a published article. `de-AT` falls back to `de`, then to the language it was first written in."""
    return reading.article(slug, query.language)


@routes.post("/v1/public/articles/{slug}/votes", public=True, status=204)
def vote_on_article(slug: Slug, body: NewVote, work: Work, visitor: Visitor) -> None:
    """Say whether an article helped. A reader has one vote a day, and may change it.

    409 `too_many_votes` after a hundred from one network address in a day.
    """
    votes.vote(work, slug, body.helpful, visitor)


@routes.get("/v1/public/sections", public=True, cached=CACHED)
def list_public_sections(query: LanguageQuery) -> Sections:
    """List the sections that published articles lie in, with how many each has. Lags a moment."""
    return reading.sections(query.language)
