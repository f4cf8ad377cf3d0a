"""A customer's own tickets as pages, at /my: by the token of their link."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from chalicelib.kernel.addresses import EmailAddress
from chalicelib.kernel.errors import BadRequest, Conflict, Forbidden, NotFound, Repeated
from chalicelib.kernel.http.paging import Parameters, seal, unseal
from chalicelib.kernel.http.routes import Form, Raw, Routes
from chalicelib.kernel.http.visitors import Visitor
from chalicelib.kernel.work import Work
from chalicelib.portal import entering, pages
from chalicelib.portal import service as portal
from chalicelib.portal.entering import Entered
from chalicelib.portal.model import NewAnswer, NewRequest, PortalChange
from chalicelib.portal.routes import Token

routes = Routes("Portal", __name__)
Part = Annotated[str, StringConstraints(max_length=100)]
"""An id in a page's address; what is none gets a page that says so."""
AT_ONCE = 25
"""Tickets, or messages, of a page."""


class PortalPageQuery(Parameters):
    after: Annotated[str | None, Field(max_length=1000, description="Where the page before ended.")] = None
    sent: Annotated[bool, Field(description="Whether something was just sent.")] = False


@routes.get("/my", public=True)
def show_portal_entrance(visitor: Visitor) -> Raw:
    """Show where to ask for a link to one's own tickets."""
    return pages.enter(visitor.languages)


@routes.post("/my", public=True)
def ask_at_portal_entrance(form: Form, work: Work, visitor: Visitor) -> Raw:
    """Have a link mailed. The page is the same, whether or not the address is a customer's."""
    try:
        email: str = TypeAdapter(EmailAddress).validate_python(_typed(form, "email"))
        entering.ask(work, email, visitor)
    except ValidationError:
        return pages.asked(visitor.languages)
    except Conflict:
        return pages.enter(visitor.languages, wrong=True)
    return pages.asked(visitor.languages)


@routes.get("/my/{token}", public=True)
def show_portal_tickets(token: Token, query: PortalPageQuery, visitor: Visitor) -> Raw:
    """Show somebody their tickets. It changes nothing."""
    try:
        return _list(entering.enter(token), token, query.after)
    except (NotFound, Forbidden, BadRequest) as error:
        return pages.closed(error, visitor.languages, "../my")


@routes.post("/my/{token}", public=True, redirects=303)
def open_ticket_at_portal(token: Token, form: Form, work: Work, visitor: Visitor) -> Raw:
    """Open a ticket, by the form of that page."""
    typed = {"subject": _typed(form, "subject"), "text": _typed(form, "text")}
    try:
        entered = entering.enter(token)
    except (NotFound, Forbidden) as error:
        return pages.closed(error, visitor.languages, "../my")
    said = pages.texts(entered.customer)
    try:
        made = portal.open_ticket(work, entered, NewRequest.model_validate(typed | _once(form)))
    except ValidationError:
        return _list(entered, token, None, wrong=said.wrong, typed=typed)
    except Repeated:
        return _see(token)
    except Conflict:
        return _list(entered, token, None, wrong=said.enough, typed=typed)
    return _see(f"{token}/{made.id}?sent=true")


@routes.get("/my/{token}/{ticket_id}", public=True)
def show_portal_ticket(token: Token, ticket_id: Part, query: PortalPageQuery, visitor: Visitor) -> Raw:
    """Show somebody a ticket of theirs. It changes nothing."""
    try:
        return _one(entering.enter(token), token, ticket_id, query.after, sent=query.sent)
    except (NotFound, Forbidden, BadRequest) as error:
        return pages.closed(error, visitor.languages, "../../my")


@routes.post("/my/{token}/{ticket_id}", public=True, redirects=303)
def act_on_portal_ticket(token: Token, ticket_id: Part, form: Form, work: Work, visitor: Visitor) -> Raw:
    """Answer, mark solved or open again, by the buttons of that page."""
    try:
        entered = entering.enter(token)
        portal.ticket(entered, ticket_id)
    except (NotFound, Forbidden) as error:
        return pages.closed(error, visitor.languages, "../../my")
    said, typed = pages.texts(entered.customer), {"text": _typed(form, "text")}
    try:
        _act(work, entered, ticket_id, form)
    except ValidationError:
        return _one(entered, token, ticket_id, None, wrong=said.wrong, typed=typed)
    except Repeated:
        return _see(f"{ticket_id}?sent=true")
    except Conflict as error:
        wrong = said.final if error.code == "closed" else said.enough
        return _one(entered, token, ticket_id, None, wrong=wrong, typed=typed)
    return _see(f"{ticket_id}?sent=true")


@routes.get("/my/{token}/{ticket_id}/{message_id}/{attachment_id}", public=True, redirects=302)
def fetch_portal_attachment(
    token: Token, ticket_id: Part, message_id: Part, attachment_id: Part, visitor: Visitor
) -> Raw:
    """Go to an attachment. It changes nothing."""
    try:
        found = portal.attachment(entering.enter(token), ticket_id, message_id, attachment_id)
    except (NotFound, Forbidden) as error:
        return pages.closed(error, visitor.languages, "../../../../my")
    return Raw("", "text/plain", {"Location": found.url, "Cache-Control": "no-store"}, 302)


def _act(work: Work, entered: Entered, ticket_id: str, form: Form) -> None:
    match _typed(form, "do"):
        case "solve":
            portal.change(work, entered, ticket_id, PortalChange(status="solved"))
        case "reopen":
            portal.change(work, entered, ticket_id, PortalChange(status="open"))
        case _:
            said = {"text": _typed(form, "text")} | _once(form)
            portal.answer(work, entered, ticket_id, NewAnswer.model_validate(said))


def _once(form: Form) -> dict[str, str]:
    """What tells a form that is sent twice."""
    once = _typed(form, "once")
    return {"once": once} if once else {}


def _list(
    entered: Entered, token: str, after: str | None, *, wrong: str = "", typed: pages.Typed | None = None
) -> Raw:
    query = f"/my?{entered.customer.id}"
    found, older = portal.tickets(entered, limit=AT_ONCE, after=unseal(after, query) if after else None)
    older = seal(older, query) if older else None
    return pages.listed(entered.customer, token, found, older, wrong=wrong, typed=typed)


def _one(
    entered: Entered,
    token: str,
    ticket_id: str,
    after: str | None,
    *,
    sent: bool = False,
    wrong: str = "",
    typed: pages.Typed | None = None,
) -> Raw:
    ticket, query = portal.ticket(entered, ticket_id), f"/my/{ticket_id}?{entered.customer.id}"
    position = unseal(after, query) if after else None
    found, older = portal.messages(entered, ticket_id, limit=AT_ONCE, after=position)
    older = seal(older, query) if older else None
    return pages.shown(entered.customer, token, ticket, found, older, sent=sent, wrong=wrong, typed=typed)


def _see(where: str) -> Raw:
    """Send the browser to what came of a form, so that loading that again sends nothing again."""
    return Raw("", "text/plain", {"Location": where, "Cache-Control": "no-store"}, 303)


def _typed(form: Form, name: str) -> str:
    """What stands in a field, with the line ends that we keep."""
    return form.get(name, [""])[0].replace("\r\n", "\n").strip()
