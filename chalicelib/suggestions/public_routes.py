"""The board without a key. Caches may keep what is read for half a minute."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from chalicelib.kernel.http.paging import Page, PageParameters, Parameters
from chalicelib.kernel.http.routes import Link, Raw, Routes
from chalicelib.kernel.http.visitors import Visitor
from chalicelib.kernel.model import Model
from chalicelib.kernel.work import Work
from chalicelib.suggestions import finding, voting
from chalicelib.suggestions import service as suggestions
from chalicelib.suggestions.model import (
    NewVote,
    Posted,
    PublicPost,
    PublicSuggestion,
    Status,
    SuggestionId,
    Voted,
)
from chalicelib.suggestions.store import Order

CACHED = 30
"""Seconds."""

routes = Routes("Public suggestions", __name__)


class BoardQuery(PageParameters):
    sort: Order = "votes"
    status: Status | None = None


class SimilarQuery(Parameters):
    q: Annotated[str, StringConstraints(min_length=3, max_length=1000), Field(description="Title and text.")]


class Similar(Model):
    """The most alike first; five at most."""

    data: list[PublicSuggestion]


@routes.get("/v1/public/suggestions", public=True, cached=CACHED)
def list_public_suggestions(query: BoardQuery) -> Page[PublicSuggestion]:
    """List the board, by votes or the newest first. Lags a moment; votes between two pages move entries."""
    data, position = suggestions.listed(
        order=query.sort, status=query.status, moderation="public", limit=query.limit, after=query.cursor
    )
    return Page(data=[PublicSuggestion.of(one) for one in data], next_cursor=position)


@routes.get("/v1/public/suggestions/similar", public=True, cached=CACHED)
def find_similar_suggestions(query: SimilarQuery) -> Similar:
    """Find suggestions like one that somebody is about to post."""
    return Similar(data=[PublicSuggestion.of(one) for one in finding.similar(query.q)])


@routes.get("/v1/public/suggestions/{suggestion_id}", public=True, redirects=301)
def read_public_suggestion(suggestion_id: SuggestionId, link: Link) -> PublicSuggestion:
    """Read a suggestion; its votes are exact. 301 leads from a duplicate to what it was merged into."""
    one = suggestions.public(suggestion_id)
    if one.merged_into:
        moved: Any = Raw(
            "", "text/plain", {"Location": link(f"/v1/public/suggestions/{one.merged_into}")}, 301
        )
        return moved  # type: ignore[no-any-return]  # the document describes what the redirect leads to
    return PublicSuggestion.of(one)


@routes.post("/v1/public/suggestions", public=True, status=202)
def post_public_suggestion(body: PublicPost, work: Work, visitor: Visitor) -> Posted:
    """Suggest something. It is seen once staff published it; with a customer's token they have voted for it.

    409 `too_many_votes` after five in a day, from one customer or one network address.
    """
    return suggestions.post_from_outside(work, body, visitor)


@routes.post("/v1/public/suggestions/{suggestion_id}/votes", public=True)
def vote_on_public_suggestion(
    suggestion_id: SuggestionId, body: NewVote, work: Work, visitor: Visitor
) -> Voted:
    """Vote, or take it back: a customer by the token of their link, else once a network address.

    409 `voting_ended` when it is done or declined, `too_many_votes` after a hundred from a network in a day.
    """
    return voting.by_visitor(work, suggestion_id, body, visitor)
