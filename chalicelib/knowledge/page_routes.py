"""The knowledge base as pages for people, at /help."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.http.paging import Parameters
from chalicelib.kernel.http.routes import Link, Raw, Routes
from chalicelib.kernel.http.visitors import Visitor
from chalicelib.kernel.work import Work
from chalicelib.knowledge import page, reading, votes
from chalicelib.knowledge.languages import Language
from chalicelib.knowledge.model import Section
from chalicelib.knowledge.page_texts import texts
from chalicelib.knowledge.public_routes import CACHED
from chalicelib.knowledge.reading import ArticleSearch

routes = Routes("Help pages", __name__)
Address = Annotated[str, StringConstraints(max_length=200)]
"""The end of a page's address; what is no slug gets a page that says so."""


class HelpQuery(Parameters):
    q: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] = ""
    language: Language | None = None
    section: Section | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50
    after: Annotated[str | None, Field(max_length=300, description="Where the page before ended.")] = None


class LanguageQuery(Parameters):
    language: Language | None = None


class VoteQuery(LanguageQuery):
    helpful: bool


@routes.get("/help", public=True, cached=CACHED)
def show_help(query: HelpQuery, link: Link, visitor: Visitor) -> Raw:
    """Show the articles and a search, in the language that the browser asks for."""
    asked = ArticleSearch(
        q=query.q or None,
        language=query.language,
        section=query.section,
        limit=query.limit,
        cursor=query.after,
    )
    found = reading.found(asked, wanted=visitor.languages)
    return page.listed(found, query.q, query.section, link, query.language)


@routes.get("/help/{slug}", public=True, cached=CACHED)
def show_help_article(slug: Address, query: LanguageQuery, link: Link, visitor: Visitor) -> Raw:
    """Show an article, in the language that the browser asks for."""
    try:
        found = reading.article(slug, query.language, wanted=visitor.languages)
    except NotFound:
        return page.gone(query.language or next(iter(visitor.languages), None), link)
    return page.article(found, link)


@routes.post("/help/{slug}", public=True)
def vote_on_help_article(slug: Address, query: VoteQuery, work: Work, link: Link, visitor: Visitor) -> Raw:
    """Vote, by a button of the article's page."""
    try:
        found = reading.article(slug, query.language, wanted=visitor.languages)
    except NotFound:
        return page.gone(query.language, link)
    said = texts(found.language)
    try:
        votes.vote(work, slug, query.helpful, visitor)
    except Conflict:
        return page.article(found, link, voted=said.too_many)
    return page.article(found, link, voted=said.thanks)
