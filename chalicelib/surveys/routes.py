"""Surveys over HTTP. Their invitations and pages: invitations/."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work
from chalicelib.surveys import defining
from chalicelib.surveys import service as surveys
from chalicelib.surveys.model import Face, NewSurvey, Published, Survey, SurveyKey, SurveyPatch

routes = Routes("Surveys", __name__)
Number = Annotated[
    int, BeforeValidator(lambda text: int(text) if str(text).isdecimal() else text), Field(ge=1, le=500)
]


@routes.post("/v1/surveys", scope="surveys:write", status=201, location="/v1/surveys/{key}")
def add_survey(body: NewSurvey, work: Work) -> Survey:
    """Add a survey as a draft: nobody can answer it until it is published."""
    return defining.add(work, body)


@routes.get("/v1/surveys", scope="surveys:read")
def list_surveys(query: PageParameters) -> Page[Face]:
    """List surveys by key."""
    data, position = surveys.by_key(limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.get("/v1/surveys/{survey}", scope="surveys:read")
def read_survey(survey: SurveyKey) -> Survey:
    """Read a survey with its draft."""
    return surveys.get(survey)


@routes.patch("/v1/surveys/{survey}", scope="surveys:write")
def change_survey(survey: SurveyKey, body: SurveyPatch, work: Work) -> Survey:
    """Change a survey, by JSON Merge Patch. What it asks changes in the draft, until that is published.

    Others may go by what was before for 30 seconds. 409 `published` for what is fixed by then.
    """
    return defining.change(work, survey, body)


@routes.delete("/v1/surveys/{survey}", scope="surveys:write")
def delete_survey(survey: SurveyKey, work: Work) -> None:
    """Delete a draft. 409 `published` for what was published: close it."""
    defining.delete(work, survey)


@routes.post("/v1/surveys/{survey}/publish", scope="surveys:write")
def publish_survey(survey: SurveyKey, work: Work) -> Survey:
    """Publish the draft as the next version, which never changes; the first one makes the survey active."""
    return defining.publish(work, survey)


@routes.post("/v1/surveys/{survey}/close", scope="surveys:write")
def close_survey(survey: SurveyKey, work: Work) -> Survey:
    """Close a survey for good: it takes no answers and invites nobody any more."""
    return defining.close(work, survey)


@routes.get("/v1/surveys/{survey}/versions/{number}", scope="surveys:read")
def read_survey_version(survey: SurveyKey, number: Number) -> Published:
    """Read what a version asks."""
    return surveys.version(survey, number)
