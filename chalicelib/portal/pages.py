"""The pages on which a customer sees and answers their own tickets; forms that work without scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from urllib.parse import quote
from zoneinfo import ZoneInfo

from chalicelib.customers.model import Customer
from chalicelib.kernel import ids
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import RapportError
from chalicelib.kernel.http.layout import page
from chalicelib.kernel.http.routes import Raw
from chalicelib.kernel.languages import first_of, language_of
from chalicelib.portal.model import PortalAttachment, PortalMessage, PortalStatus, PortalTicket
from chalicelib.portal.texts import TEXTS, Texts

_STATES: tuple[PortalStatus, ...] = ("open", "waiting_for_you", "solved", "closed")
_SUBJECT = """<label class="line" for="subject">{label}</label>
<input class="line" id="subject" name="subject" value="{value}" maxlength="200" required>
"""
_FORM = """<h2>{title}</h2>
<form method="post" action="{action}">
{subject}<label class="line" for="text">{label}</label>
<textarea id="text" name="text" maxlength="20000" required>
{text}</textarea>
<input type="hidden" name="once" value="{once}">
<button class="yes" name="do" value="say">{send}</button>
</form>
"""
_ENTER = """{wrong}<p>{why}</p>
<form method="post" action="my">
<label class="line" for="email">{email}</label>
<input class="line" id="email" name="email" type="email" autocomplete="email" maxlength="254" required>
<button class="yes">{send}</button>
</form>
"""
Typed = Mapping[str, str]
"""What somebody typed that could not be taken, so that nothing is lost."""


def listed(
    customer: Customer,
    token: str,
    tickets: Sequence[PortalTicket],
    older: str | None,
    *,
    wrong: str = "",
    typed: Typed | None = None,
) -> Raw:
    """All their tickets, and a form for a new one."""
    said = texts(customer)
    rows = "".join(_row(one, said, customer, token) for one in tickets)
    more = _wrong(wrong)
    more += f"<ul>\n{rows}</ul>\n" if rows or older else _paragraph(said.empty)
    more += _older(said, token, older)
    subject = _SUBJECT.format(label=escape(said.about), value=escape((typed or {}).get("subject", "")))
    more += _form(said, said.new, token, typed, subject=subject)
    return page(language_of(customer.locale), said.title, more, 422 if wrong else 200)


def shown(
    customer: Customer,
    token: str,
    ticket: PortalTicket,
    messages: Sequence[PortalMessage],
    older: str | None,
    *,
    sent: bool = False,
    wrong: str = "",
    typed: Typed | None = None,
) -> Raw:
    """One ticket: where it stands, what can be done, and what was said, newest first."""
    said = texts(customer)
    more = f'<p class="done" role="status">{escape(said.sent)}</p>\n' if sent else _wrong(wrong)
    more += _paragraph(f"#{ticket.tag} · {_state(ticket, said)}")
    more += _form(said, said.answer, ticket.id, typed) if ticket.can_answer else _paragraph(said.final)
    more += _button(said, ticket)
    more += "<ul>\n" + "".join(_said(one, ticket, said, customer) for one in messages) + "</ul>\n"
    more += _older(said, ticket.id, older)
    more += f'<p><a href="../{escape(token)}">{escape(said.back)}</a></p>\n'
    return page(language_of(customer.locale), ticket.subject, more, 422 if wrong else 200)


def enter(languages: Sequence[str], *, wrong: bool = False) -> Raw:
    """Where somebody types their address to be mailed a link."""
    language = first_of(languages)
    said = TEXTS[language]
    more = _ENTER.format(
        wrong=_wrong(said.enough) if wrong else "",
        why=escape(said.enter_why.format(business=settings().business_name)),
        email=escape(said.email),
        send=escape(said.mail_me),
    )
    return page(language, said.enter, more, 409 if wrong else 200)


def asked(languages: Sequence[str]) -> Raw:
    """That a link may be on its way; the same whether or not it is."""
    language = first_of(languages)
    return page(language, TEXTS[language].asked, _paragraph(TEXTS[language].asked_why))


def closed(error: RapportError, languages: Sequence[str], up: str) -> Raw:
    """Why a link opens nothing, and where to get another one; `up` leads there."""
    language = first_of(languages)
    said = TEXTS[language]
    title, status = {
        "link_expired": (said.over, 410),
        "link_revoked": (said.over, 410),
        "no_such_customer": (said.gone, 410),
        "no_such_link": (said.unknown, 404),
    }.get(error.code, (said.gone, 404))
    return page(language, title, f'<p><a href="{up}">{escape(said.enter)}</a></p>\n', status)


def texts(customer: Customer) -> Texts:
    return TEXTS[language_of(customer.locale)]


def _paragraph(words: str) -> str:
    return f"<p>{escape(words)}</p>\n" if words else ""


def _wrong(words: str) -> str:
    return f'<p class="wrong" role="alert">{escape(words)}</p>\n' if words else ""


def _state(ticket: PortalTicket, said: Texts) -> str:
    return said.states[_STATES.index(ticket.status)]


def _row(ticket: PortalTicket, said: Texts, customer: Customer, token: str) -> str:
    details = f"#{ticket.tag} · {_state(ticket, said)} · {_when(ticket.created_at, customer)}"
    return (
        f'<li><a class="row" href="{escape(token)}/{ticket.id}"><b>{escape(ticket.subject)}</b>'
        f"<small>{escape(details)}</small></a></li>\n"
    )


def _form(said: Texts, title: str, action: str, typed: Typed | None, *, subject: str = "") -> str:
    return _FORM.format(
        title=escape(title),
        action=escape(action),
        subject=subject,
        label=escape(said.text),
        text=escape((typed or {}).get("text", "")),
        once=ids.ulid(ids.now()),
        send=escape(said.send),
    )


def _button(said: Texts, ticket: PortalTicket) -> str:
    """What says that it is solved, or not, as far as it can be said."""
    if ticket.status in ("open", "waiting_for_you"):
        do, words = "solve", said.solved
    elif ticket.can_answer:
        do, words = "reopen", said.reopen
    else:
        return ""
    button = f'<button name="do" value="{do}">{escape(words)}</button>'
    return f'<form method="post" action="{ticket.id}">{button}</form>\n'


def _older(said: Texts, where: str, position: str | None) -> str:
    if position is None:
        return ""
    return f'<p><a href="{escape(where)}?after={quote(position)}">{escape(said.older)}</a></p>\n'


def _said(message: PortalMessage, ticket: PortalTicket, said: Texts, customer: Customer) -> str:
    who = said.you if message.by == "you" else settings().business_name
    files = "".join(_file(one, message, ticket) for one in message.attachments)
    return (
        f'<li class="{message.by}"><small>{escape(who)} · {_when(message.created_at, customer)}</small>\n'
        f'<div class="said">{escape(message.text)}</div>\n'
        + (f"<small>{escape(said.shortened)}</small>\n" if message.shortened else "")
        + (f"<small>{escape(said.attachments)}{files}</small>\n" if files else "")
        + "</li>\n"
    )


def _file(one: PortalAttachment, message: PortalMessage, ticket: PortalTicket) -> str:
    return f' <a href="{ticket.id}/{message.id}/{one.id}">{escape(one.filename)}</a>'


def _when(at: datetime, customer: Customer) -> str:
    zone = ZoneInfo(customer.time_zone) if customer.time_zone else settings().zone
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
