"""Macros over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.access.model import TeamId
from chalicelib.customers.model import Locale
from chalicelib.kernel.http.paging import Page, PageParameters
from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.model import Line, Model
from chalicelib.kernel.work import Work
from chalicelib.macros import applying
from chalicelib.macros import service as macros
from chalicelib.macros.model import (
    Applied,
    Listed,
    Macro,
    MacroId,
    MacroPatch,
    MacroPreview,
    MacroUse,
    NewMacro,
)
from chalicelib.support.states import TicketId

routes = Routes("Macros", __name__)


class MacroQuery(PageParameters):
    q: Annotated[
        str | None,
        Line(200),
        Field(description="Words of the name in any order, each the beginning of one. 8 at most."),
    ] = None
    team: Annotated[
        TeamId | Literal["none"] | None,
        Field(description="Everybody's and this team's; `none`: everybody's only."),
    ] = None


class PreviewQuery(Model):
    ticket_id: TicketId
    language: Locale | None = None


@routes.post("/v1/macros", scope="macros:write", status=201, location="/v1/macros/{id}")
def add_macro(body: NewMacro, work: Work) -> Macro:
    """Add a macro: an answer, or with `internal` a note, in each of its languages, and changes of the ticket.

    Placeholders are those of templates: `customer`, `staff`, `business`, `ticket`, and what is given with
    each use.
    """
    return macros.add(work, body)


@routes.get("/v1/macros", scope="macros:read")
def list_macros(query: MacroQuery) -> Page[Listed]:
    """List macros by name, or search their names. Lags a moment; a page may be short."""
    data, position = macros.by_name(query.q, team=query.team, limit=query.limit, after=query.cursor)
    return Page(data=data, next_cursor=position)


@routes.get("/v1/macros/{macro_id}", scope="macros:read")
def read_macro(macro_id: MacroId) -> Macro:
    """Read a macro with what it says."""
    return macros.get(macro_id)


@routes.patch("/v1/macros/{macro_id}", scope="macros:write")
def change_macro(macro_id: MacroId, body: MacroPatch, work: Work) -> Macro:
    """Change a macro, by JSON Merge Patch: `texts` language by language, `changes` as a whole."""
    return macros.change(work, macro_id, body)


@routes.delete("/v1/macros/{macro_id}", scope="macros:write")
def delete_macro(macro_id: MacroId, work: Work) -> None:
    """Delete a macro. What it wrote stays."""
    macros.delete(work, macro_id)


@routes.get("/v1/macros/{macro_id}/preview", scope="tickets:read")
def preview_macro(macro_id: MacroId, query: PreviewQuery, work: Work) -> MacroPreview:
    """Fill a macro in for a ticket, in its language, to look at. Placeholders without a value are listed."""
    return applying.preview(macro_id, query.ticket_id, query.language, work.principal.actor)


@routes.post("/v1/tickets/{ticket_id}/macros/{macro_id}", scope="tickets:write")
def apply_macro(ticket_id: TicketId, macro_id: MacroId, body: MacroUse, work: Work) -> Applied:
    """Apply a macro to a ticket: it answers or leaves a note, and changes the ticket, in one step.

    422 `unknown_placeholder` when a placeholder has no value; 409 `no_fitting_language`, `closed`,
    `wrong_status`. Then nothing of it happens.
    """
    return applying.apply(work, ticket_id, macro_id, body)
