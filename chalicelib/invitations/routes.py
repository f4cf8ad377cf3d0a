"""Invitations over HTTP, and what puts a survey on another site."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.customers.model import CustomerId, Locale
from chalicelib.invitations import service as invitations
from chalicelib.invitations import snippets
from chalicelib.invitations.model import Invitation, InvitationId, NewInvitations, Results
from chalicelib.kernel.http.batches import Batch
from chalicelib.kernel.http.paging import Page, PageParameters, Parameters
from chalicelib.kernel.http.routes import Link, Routes
from chalicelib.surveys.model import Snippet, SurveyKey

routes = Routes("Surveys", __name__)


class InvitationQuery(PageParameters):
    """One of them at least."""

    survey: SurveyKey | None = None
    customer_id: CustomerId | None = None


class SnippetQuery(Parameters):
    language: Annotated[Locale | None, Field(description="The survey's default one unless it has this.")] = (
        None
    )


@routes.post("/v1/surveys/{survey}/invitations", scope="invitations:write")
def invite_customers(survey: SurveyKey, body: NewInvitations, batch: Batch) -> Results:
    """Invite up to 100 customers by mail, each with an outcome of its own.

    Who is `accepted` gets the mail in a moment, or after their quiet hours; or is `skipped`, which the
    invitation says: they were invited to something lately, do not allow it, have no address. With `send_at`
    all that is looked at then. 409 `survey_paused` and the like when it invites nobody now.
    """
    return invitations.invite(batch, survey, body)


@routes.get("/v1/invitations", scope="invitations:read")
def list_invitations(query: InvitationQuery) -> Page[Invitation]:
    """List the invitations to a survey or of a customer, newest first. Lags a moment."""
    data, position = invitations.newest(
        survey=query.survey, customer_id=query.customer_id, limit=query.limit, after=query.cursor
    )
    return Page(data=data, next_cursor=position)


@routes.get("/v1/invitations/{invitation_id}", scope="invitations:read")
def read_invitation(invitation_id: InvitationId) -> Invitation:
    """Read an invitation. Of an anonymous survey it does not say whether it was answered."""
    return invitations.get(invitation_id)


@routes.get("/v1/surveys/{survey}/snippet", scope="surveys:read")
def read_survey_snippet(survey: SurveyKey, query: SnippetQuery, link: Link) -> Snippet:
    """Read HTML that asks a public survey's main question on a site of yours: a link a score."""
    return snippets.snippet(survey, query.language, link)
