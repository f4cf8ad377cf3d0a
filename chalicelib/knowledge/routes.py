"""Articles over HTTP, for staff. For everybody: public_routes.py; the pages: page_routes.py."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from chalicelib.kernel.http.paging import Page, PageParameters, Parameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work
from chalicelib.knowledge import reading
from chalicelib.knowledge import service as knowledge
from chalicelib.knowledge.languages import Language
from chalicelib.knowledge.model import (
    Article,
    ArticleId,
    ArticlePatch,
    ListedArticle,
    NewArticle,
    Section,
    ShownVersion,
    Status,
    Version,
    Votes,
)
from chalicelib.knowledge.reading import ArticleSearch, FoundArticles

routes = Routes("Articles", __name__)


class ArticleQuery(PageParameters):
    status: Status | None = None
    section: Section | None = None
    language: Annotated[Language | None, Field(description="Those whose newest version has it.")] = None
    tag: Annotated[str | None, StringConstraints(min_length=1, max_length=50)] = None


class VersionQuery(Parameters):
    language: Language | None = None


@routes.post("/v1/articles", scope="articles:write", status=201, location="/v1/articles/{id}")
def create_article(body: NewArticle, work: Work) -> Article:
    """Write an article, as a draft. 409 `slug_taken` when another one has its address, which it names."""
    return knowledge.create(work, body)


@routes.get("/v1/articles", scope="articles:read")
def list_articles(query: ArticleQuery) -> Page[ListedArticle]:
    """List articles with their votes, newest first, all or those that match. Lags a moment."""
    data, position = knowledge.newest(
        status=query.status,
        section=query.section,
        language=query.language,
        tag=query.tag,
        limit=query.limit,
        after=query.cursor,
    )
    return Page(data=data, next_cursor=position)


@routes.get("/v1/articles/search", scope="articles:read")
def search_articles(query: ArticleSearch) -> FoundArticles:
    """Search the published articles, the internal ones too. Lags a moment."""
    return reading.found(query, internal=True)


@routes.get("/v1/articles/{article_id}", scope="articles:read")
def read_article(article_id: ArticleId) -> Article:
    """Read what there is of an article. What it says, its versions tell."""
    return knowledge.get(article_id)


@routes.patch("/v1/articles/{article_id}", scope="articles:write")
def change_article(article_id: ArticleId, body: ArticlePatch, work: Work) -> Article:
    """Change an article by JSON Merge Patch: write, publish, roll back, take back, archive.

    Texts make a new version; `{"texts": {"de": null}}` takes a language out. `{"status": "published"}` shows
    the newest version, `published_version` beside it another one; `draft` and `archived` show none. Section,
    tags and audience are no part of a version: they count at once. 409 `slug_is_public` when the address of
    what was published would change.
    """
    return knowledge.change(work, article_id, body)


@routes.delete("/v1/articles/{article_id}", scope="articles:write")
def delete_article(article_id: ArticleId, work: Work) -> None:
    """Delete an article with all its versions, for good. 409 `article_is_published` for what is public."""
    knowledge.delete(work, article_id)


@routes.get("/v1/articles/{article_id}/votes", scope="articles:read")
def read_article_votes(article_id: ArticleId) -> Votes:
    """Read how many readers found an article helpful, and how many did not."""
    return knowledge.votes(article_id)


@routes.get("/v1/articles/{article_id}/versions", scope="articles:read")
def list_article_versions(article_id: ArticleId, query: PageParameters) -> Page[Version]:
    """List the versions of an article, newest first, without their texts."""
    data, position = knowledge.versions(article_id, limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.get("/v1/articles/{article_id}/versions/{number}", scope="articles:read")
def read_article_version(
    article_id: ArticleId,
    number: Annotated[str, StringConstraints(pattern="^[1-9][0-9]{0,5}$")],
    query: VersionQuery,
) -> ShownVersion:
    """Read what a version says, in one language."""
    return knowledge.version(article_id, int(number), query.language)
