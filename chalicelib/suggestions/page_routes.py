"""The board as pages for people, at /ideas. Looking changes nothing."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from chalicelib.kernel.errors import BadRequest, Conflict, Forbidden, NotFound
from chalicelib.kernel.http.paging import Parameters, seal, unseal
from chalicelib.kernel.http.routes import Form, Link, Raw, Routes
from chalicelib.kernel.http.visitors import Visitor
from chalicelib.kernel.work import Work
from chalicelib.suggestions import finding, pages, voting
from chalicelib.suggestions import service as suggestions
from chalicelib.suggestions.model import NewVote, PublicPost, PublicSuggestion, Status, Suggestion
from chalicelib.suggestions.pages import Reader, Typed
from chalicelib.suggestions.store import Order

routes = Routes("Idea pages", __name__)
Part = Annotated[str, StringConstraints(max_length=100)]
"""An id in a page's address; what is none gets a page that says so."""
Token = Annotated[str, Field(max_length=300, description="Of a customer's own link (`/my`).")]
AT_ONCE = 25


class IdeasQuery(Parameters):
    q: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)] = ""
    sort: Order = "votes"
    status: Status | None = None
    after: Annotated[str | None, Field(max_length=1000, description="Where the page before ended.")] = None
    token: Token = ""


class IdeaQuery(Parameters):
    token: Token = ""


@routes.get("/ideas", public=True)
def show_ideas(query: IdeasQuery, link: Link, visitor: Visitor) -> Raw:
    """Show the board, or what is like a search. It changes nothing."""
    who = pages.reader(visitor.languages, link, query.token)
    if query.q:
        return pages.searched(who, query.q, _shown(finding.similar(query.q)))
    bound = f"/ideas?{query.sort}&{query.status}"
    try:
        after = unseal(query.after, bound) if query.after else None
    except BadRequest:
        after = None
    found, older = suggestions.listed(
        order=query.sort, status=query.status, moderation="public", limit=AT_ONCE, after=after
    )
    older = seal(older, bound) if older else None
    return pages.board(who, _shown(found), sort=query.sort, status=query.status, older=older)


@routes.post("/ideas", public=True)
def post_idea(form: Form, work: Work, link: Link, visitor: Visitor) -> Raw:
    """Suggest something, by the form of that page; what is like it is shown first."""
    return _post(form, work, link, visitor)


def _post(form: Form, work: Work, link: Link, visitor: Visitor) -> Raw:
    who = pages.reader(visitor.languages, link, _typed(form, "token"))
    typed = Typed(_typed(form, "title"), _typed(form, "text"))
    try:
        new = PublicPost(title=typed.title, text=typed.text, token=who.token or None)
    except ValidationError:
        return pages.asked_again(who, typed._replace(wrong=who.said.wrong), 422)
    if not _typed(form, "anyway"):
        similar = _shown(finding.similar(f"{new.title} {new.text}"))
        if similar:
            return pages.asked_again(who, typed._replace(similar=similar), 200)
    try:
        suggestions.post_from_outside(work, new, visitor)
    except Conflict:
        return pages.asked_again(who, typed._replace(wrong=who.said.enough), 409)
    except (NotFound, Forbidden):
        return _post(_without_token(form), work, link, visitor)
    return pages.posted(who)


@routes.get("/ideas/{suggestion_id}", public=True, redirects=301)
def show_idea(suggestion_id: Part, query: IdeaQuery, link: Link, visitor: Visitor) -> Raw:
    """Show a suggestion; a duplicate leads to what it was merged into. It changes nothing."""
    who = pages.reader(visitor.languages, link, query.token)
    try:
        one = suggestions.public(suggestion_id)
    except NotFound:
        return pages.gone(who)
    if one.merged_into:
        there = link(f"/ideas/{one.merged_into}")
        return Raw("", "text/plain", {"Location": there, "Cache-Control": "no-store"}, 301)
    return pages.one(who, PublicSuggestion.of(one))


@routes.post("/ideas/{suggestion_id}", public=True)
def vote_on_idea(suggestion_id: Part, form: Form, work: Work, link: Link, visitor: Visitor) -> Raw:
    """Vote, or take it back, by the buttons of that page."""
    return _vote(suggestion_id, form, work, link, visitor)


def _vote(suggestion_id: str, form: Form, work: Work, link: Link, visitor: Visitor) -> Raw:
    who = pages.reader(visitor.languages, link, _typed(form, "token"))
    new = NewVote(
        voted=_typed(form, "do") != "unvote",
        token=who.token[:300] or None,
        tell_me=_typed(form, "tell_me") == "yes",
    )
    try:
        return _voted(work, who, suggestion_id, new, visitor)
    except Forbidden:
        return _vote(suggestion_id, _without_token(form), work, link, visitor)
    except NotFound as error:
        if error.code == "no_such_suggestion":
            return pages.gone(who)
        return _vote(suggestion_id, _without_token(form), work, link, visitor)


def _voted(work: Work, who: Reader, suggestion_id: str, new: NewVote, visitor: Visitor) -> Raw:
    one = suggestions.public(suggestion_id)
    try:
        done = voting.by_visitor(work, suggestion_id, new, visitor)
    except Conflict as error:
        told = who.said.ended if error.code == "voting_ended" else who.said.enough
        return pages.one(who, PublicSuggestion.of(one), told, 409)
    if one.merged_into:
        one = suggestions.public(done.suggestion_id)
    told = who.said.counted if done.voted else who.said.uncounted
    return pages.one(who, PublicSuggestion.of(one.model_copy(update={"votes": done.votes})), told)


def _shown(found: list[Suggestion]) -> list[PublicSuggestion]:
    return [PublicSuggestion.of(one) for one in found]


def _without_token(form: Form) -> Form:
    """A link that is over: then they are somebody without one."""
    return {name: values for name, values in form.items() if name not in ("token", "tell_me")}


def _typed(form: Form, name: str) -> str:
    """What stands in a field, with the line ends that we keep."""
    return form.get(name, [""])[0].replace("\r\n", "\n").strip()
