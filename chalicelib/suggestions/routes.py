"""The board for staff, over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.customers.model import CustomerId
from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work
from chalicelib.suggestions import merging, voting
from chalicelib.suggestions import service as suggestions
from chalicelib.suggestions.model import (
    Moderation,
    NewMerge,
    NewSuggestion,
    StaffVote,
    Status,
    Suggestion,
    SuggestionId,
    SuggestionPatch,
    Voted,
)
from chalicelib.suggestions.store import Order

routes = Routes("Suggestions", __name__)


class SuggestionQuery(PageParameters):
    sort: Annotated[Order, Field(description="What is not public is listed by age alone.")] = "votes"
    status: Status | None = None
    moderation: Moderation = "public"
    customer_id: Annotated[
        CustomerId | None, Field(description="Whose suggestions, the newest first; without other filters.")
    ] = None


@routes.post("/v1/suggestions", scope="suggestions:write", status=201, location="/v1/suggestions/{id}")
def post_suggestion(body: NewSuggestion, work: Work) -> Suggestion:
    """Put a suggestion on the board, perhaps a customer's, who has voted for it then.

    With `feedback_id` a response becomes one, once: 409 `already_posted` names it. Look for similar ones
    before.
    """
    return suggestions.post(work, body)


@routes.get("/v1/suggestions", scope="suggestions:read")
def list_suggestions(query: SuggestionQuery) -> Page[Suggestion]:
    """List suggestions by votes, or the newest first; `moderation=pending` waits for you. Lags a moment."""
    if query.customer_id:
        data, position = suggestions.of_customer(query.customer_id, limit=query.limit, after=query.cursor)
        return Page(data=data, next_cursor=position)
    data, position = suggestions.listed(
        order=query.sort,
        status=query.status,
        moderation=query.moderation,
        limit=query.limit,
        after=query.cursor,
    )
    return Page(data=data, next_cursor=position)


@routes.get("/v1/suggestions/{suggestion_id}", scope="suggestions:read")
def read_suggestion(suggestion_id: SuggestionId) -> Suggestion:
    """Read a suggestion; its votes are exact. One that was merged says into which."""
    return suggestions.get(suggestion_id)


@routes.patch("/v1/suggestions/{suggestion_id}", scope="suggestions:write")
def change_suggestion(suggestion_id: SuggestionId, body: SuggestionPatch, work: Work) -> Suggestion:
    """Change a suggestion, by JSON Merge Patch: publish it, answer it, say what becomes of it.

    A new `status` of a public one is mailed to those who voted and agreed to the topic `ideas`.
    """
    return suggestions.change(work, suggestion_id, body)


@routes.post("/v1/suggestions/{suggestion_id}/votes", scope="suggestions:write")
def vote_for_customer(suggestion_id: SuggestionId, body: StaffVote, work: Work) -> Voted:
    """Vote for a customer, or take their vote back. The same again changes nothing."""
    return voting.by_staff(work, suggestion_id, body)


@routes.post("/v1/suggestions/{suggestion_id}/merge", scope="suggestions:write")
def merge_suggestion(suggestion_id: SuggestionId, body: NewMerge, work: Work) -> Suggestion:
    """Have a duplicate go on in another suggestion, which is answered. Its votes are there a moment later.

    Who voted for both counts once. The old id leads to the other one from then on.
    """
    return merging.merge(work, suggestion_id, body)
