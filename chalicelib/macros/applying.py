"""Applies a macro to a ticket: what it says and changes, in one transaction; or shows what it would say."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from chalicelib.access import service as access
from chalicelib.customers import service as customers
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.work import Work
from chalicelib.macros import store
from chalicelib.macros.events import MacroApplied
from chalicelib.macros.model import Applied, Filled, Macro, MacroPreview, MacroUse
from chalicelib.support import replies
from chalicelib.support import service as support
from chalicelib.support import store as tickets
from chalicelib.support.model import StoredTicket, retagged, told_of
from chalicelib.support.requests import NewReply, TicketPatch
from chalicelib.templates import rendering


def apply(work: Work, ticket_id: str, macro_id: str, use: MacroUse) -> Applied:
    """Answer, or leave a note, and change the ticket. Either all of it happens or nothing.

    Raises NotFound; Conflict `closed`, `merged`, `no_fitting_language`, `wrong_status`, `team_empty`,
    `too_many_tags`; Invalid `unknown_placeholder`, `template_failed`, `no_address`; TooLarge; Stale.
    """
    macro, ticket = store.get(macro_id), tickets.get(ticket_id)
    work.check_version(ticket.version)
    _require_open(ticket)
    said = _filled(macro, ticket, use, work.principal.actor)
    given = _given(work, macro, ticket)
    if said is None:
        after, message = support.apply(work, ticket, given), None
    else:
        after, message = replies.say(work, ticket, _reply(macro, said), given)
    event = MacroApplied(
        ticket_id=ticket.id,
        macro_id=macro.id,
        macro_version=macro.version,
        message_id=message.id if message else None,
        language=said.language if said else None,
    )
    support.record(work, after, event, {"subject": ticket.subject, "summary": macro.name})
    return Applied(ticket=support.shown(after), message=message)


def preview(macro_id: str, ticket_id: str, language: str | None, actor: str | None) -> MacroPreview:
    """What a macro would say about a ticket, as far as placeholders have values: four calls at most.

    Raises NotFound, Conflict `no_fitting_language`.
    """
    macro, ticket = store.get(macro_id), tickets.get(ticket_id)
    missing: list[str] = []
    said = _filled(macro, ticket, MacroUse(language=language), actor, missing)
    return MacroPreview(said=said, missing=missing, internal=macro.internal, changes=macro.changes)


def _require_open(ticket: StoredTicket) -> None:
    if ticket.merged_into:
        raise ticket.is_merged()
    if ticket.status == "closed":
        raise Conflict("This ticket is closed; open it first.", code="closed")


def _given(work: Work, macro: Macro, ticket: StoredTicket) -> dict[str, Any]:
    """The fields of the ticket that the macro changes."""
    changes = macro.changes
    given = support.given_by(work, ticket, TicketPatch(**changes.given))
    tags = retagged(ticket.tags, changes.add_tags, changes.remove_tags)
    return given | ({"tags": tags} if tags != ticket.tags else {})


def _reply(macro: Macro, said: Filled) -> NewReply:
    try:
        return NewReply(text=said.text, html=said.html, internal=macro.internal)
    except ValidationError:  # what was filled in left nothing, or too much
        sentence = "What the macro says is empty, or too long for a message."
        raise Invalid(sentence, code="template_failed") from None


def _filled(
    macro: Macro,
    ticket: StoredTicket,
    use: MacroUse,
    actor: str | None,
    missing: list[str] | None = None,
) -> Filled | None:
    """What the macro says, with values; None for one that only changes.

    `missing` notes placeholders without a value, which are an error otherwise.
    """
    if not macro.texts:
        return None
    customer = _if_there(customers.get, ticket.customer_id)
    wanted = use.language or ticket.language or (customer.locale if customer else None)
    language = macro.language_for(wanted)
    staff = _if_there(access.get_staff, actor)
    values = rendering.about(customer=customer, staff=staff) | told_of(ticket) | use.values
    said = macro.texts[language]
    text = rendering.filled(said.text, values, missing=missing)
    html = rendering.filled(said.html, values, html=True, missing=missing) if said.html else None
    return Filled(text=text, html=html, language=language)


def _if_there(read: Any, entity_id: str | None) -> Any:
    try:
        return read(entity_id) if entity_id else None
    except NotFound:
        return None
