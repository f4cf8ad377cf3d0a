"""The pages of surveys: `/s/{token}` of an invitation, `/surveys/{survey}` for everybody if it is public."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Annotated

from pydantic import ConfigDict, StringConstraints

from chalicelib.invitations import answering, form, links, pages
from chalicelib.invitations.answering import Closed, Entered
from chalicelib.invitations.form import Filled
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict, Invalid, Repeated
from chalicelib.kernel.http.paging import Parameters
from chalicelib.kernel.http.routes import Form, Raw, Routes
from chalicelib.kernel.http.visitors import Visitor
from chalicelib.surveys import usual
from chalicelib.surveys.answering import applying

routes = Routes("Surveys", __name__)
Token = Annotated[str, StringConstraints(max_length=300)]
Key = Annotated[str, StringConstraints(max_length=100)]
Enter = Callable[[], Entered | Closed]
"""Opens the page; once more when it is overtaken."""
_CLOSED = {
    "already": ("already", "already_why", 200),
    "over": ("over", "over_why", 410),
    "unknown": ("unknown", "unknown_why", 404),
    "gone": ("gone", "", 404),
    "survey_not_started": ("early", "", 403),
}
"""Title, explanation and status of what is no form; of all else that the survey takes no answers now."""


class SurveyPageQuery(Parameters):
    """What links carry; others add what they like to a link, so the rest is let be."""

    model_config = ConfigDict(extra="ignore")
    score: Annotated[str | None, StringConstraints(max_length=20)] = None
    language: Annotated[str | None, StringConstraints(max_length=40)] = None


@routes.get("/s/{token}", public=True)
def show_invited_survey(token: Token, query: SurveyPageQuery, visitor: Visitor) -> Raw:
    """Show the survey that somebody was invited to, with the link's score chosen. It changes nothing."""
    return _shown(answering.by_token(token, _languages(query, visitor)), query.score, token)


@routes.post("/s/{token}", public=True)
def answer_invited_survey(token: Token, form: Form, query: SurveyPageQuery, visitor: Visitor) -> Raw:
    """Answer it, by the form of that page: once."""
    wanted = [*form.get("language", []), *_languages(query, visitor)]
    enter = partial(answering.by_token, token, wanted, _number(form))
    return _answered(enter, form, token, visitor)


@routes.get("/surveys/{survey}", public=True)
def show_public_survey(survey: Key, query: SurveyPageQuery, visitor: Visitor) -> Raw:
    """Show a survey that is public. It changes nothing."""
    return _shown(answering.by_key(survey, _languages(query, visitor)), query.score, survey, public=True)


@routes.post("/surveys/{survey}", public=True)
def answer_public_survey(survey: Key, form: Form, query: SurveyPageQuery, visitor: Visitor) -> Raw:
    """Answer it, by the form of that page: each form once, and 30 times a day from one network address."""
    wanted = [*form.get("language", []), *_languages(query, visitor)]
    enter = partial(answering.by_key, survey, wanted, _number(form))
    return _answered(enter, form, survey, visitor, public=True)


def _languages(query: SurveyPageQuery, visitor: Visitor) -> list[str]:
    return [*([query.language] if query.language else []), *visitor.languages]


def _number(form: Form) -> int | None:
    text = form.get("version", [""])[0]
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) <= 3 else None


def _shown(entered: Entered | Closed, score: str | None, action: str, *, public: bool = False) -> Raw:
    if isinstance(entered, Closed):
        return _closed(entered)
    chosen = form.score_of(entered.face.kind, score)
    asked = applying(entered.definition, chosen, {})
    return _form(entered, Filled(score=chosen, shown=frozenset(asked)), action, public=public)


def _form(
    entered: Entered, filled: Filled, action: str, *, public: bool, notice: str = "", status: int = 200
) -> Raw:
    once = links.form_token(entered.face.key, ids.now()) if public else ""
    shown = pages.Form(entered.face, entered.definition, entered.number, entered.language, filled)
    return shown.page(action, notice=notice, once=once, status=status)


def _closed(closed: Closed) -> Raw:
    said = pages.words(closed.language)
    title, why, status = _CLOSED.get(closed.reason, ("closed", "", 410))
    return pages.told(closed.language, getattr(said, title), getattr(said, why) if why else "", status)


def _answered(enter: Enter, sent: Form, action: str, visitor: Visitor, *, public: bool = False) -> Raw:
    entered = enter()
    if isinstance(entered, Closed):
        return _closed(entered)
    said = pages.words(entered.language)
    filled = form.read(sent, entered.definition, entered.face.kind)
    if filled.wrong:
        return _form(entered, filled, action, public=public, notice=pages.alert(said.wrong), status=422)
    if filled.pending(entered.definition):
        return _form(entered, filled, action, public=public, notice=pages.notice(said.one_more))
    nonce = links.form_nonce(sent.get("once", [""])[0], entered.face.key, ids.now()) if public else ""
    if nonce is None:
        return _form(entered, filled, action, public=public, notice=pages.alert(said.stale), status=422)
    try:
        return _recorded(answering.record(entered, enter, filled, nonce, visitor.address))
    except Repeated:
        return _closed(Closed("already", entered.language))
    except Conflict:
        return _form(entered, filled, action, public=public, notice=pages.alert(said.enough), status=429)
    except Invalid:
        return _form(entered, filled, action, public=public, notice=pages.alert(said.too_long), status=422)


def _recorded(entered: Entered | Closed) -> Raw:
    if isinstance(entered, Closed):
        return _closed(entered)
    thanks = usual.wording(entered.definition, entered.language).thanks
    return pages.told(entered.language, pages.words(entered.language).thanks, thanks or "")
