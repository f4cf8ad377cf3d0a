"""The pages at /ideas: plain HTML without scripts, on which only buttons change anything."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple
from urllib.parse import urlencode

from chalicelib.kernel.config import settings
from chalicelib.kernel.http.layout import page
from chalicelib.kernel.http.routes import Link, Raw
from chalicelib.kernel.languages import first_of
from chalicelib.suggestions.model import ENDED, STATUSES, PublicSuggestion, Status
from chalicelib.suggestions.store import Order
from chalicelib.suggestions.texts import TEXTS, Texts, called


class Reader(NamedTuple):
    """Who looks: what they read, and the token of their own link if they came by one."""

    language: str
    link: Link
    token: str = ""

    @property
    def said(self) -> Texts:
        return TEXTS[self.language]

    def url(self, path: str = "/ideas", **query: str | None) -> str:
        """An address of ours, which keeps who looks."""
        given = {name: value for name, value in {**query, "token": self.token}.items() if value}
        return escape(self.link(path) + (f"?{urlencode(given)}" if given else ""))

    @property
    def hidden(self) -> str:
        return f'<input type="hidden" name="token" value="{escape(self.token)}">\n' if self.token else ""


class Typed(NamedTuple):
    """What somebody typed into the form, and what is wrong with it."""

    title: str = ""
    text: str = ""
    wrong: str = ""
    similar: Sequence[PublicSuggestion] = ()


def reader(languages: Sequence[str], link: Link, token: str) -> Reader:
    """Somebody who reads the first of these languages that we speak, else English."""
    return Reader(first_of(languages), link, token)


def board(
    who: Reader, found: Sequence[PublicSuggestion], *, sort: Order, status: Status | None, older: str | None
) -> Raw:
    """The list, a search, and a form for something new."""
    more = _search(who, "") + _choices(who, sort, status)
    more += _rows(who, found) if found else _paragraph(who.said.none)
    if older:
        url = who.url(sort=sort, status=status, after=older)
        more += f'<p><a rel="next" href="{url}">{escape(who.said.more)}</a></p>\n'
    return _page(who, _title(who), more + _form(who, Typed()))


def searched(who: Reader, query: str, found: Sequence[PublicSuggestion]) -> Raw:
    """What is like a search, and a form to post it if nothing is."""
    heading = who.said.similar if found else who.said.nothing
    more = _search(who, query) + f'<h2 role="status">{escape(heading)}</h2>\n' + _rows(who, found)
    return _page(who, _title(who), more + _form(who, Typed(title=query)) + _back(who))


def asked_again(who: Reader, typed: Typed, status: int) -> Raw:
    """The form with what was typed, because something is wrong, or like what is there already."""
    more = f'<p class="wrong" role="alert">{escape(typed.wrong)}</p>\n' if typed.wrong else ""
    if typed.similar:
        more += f'<h2 role="status">{escape(who.said.similar)}</h2>\n' + _rows(who, typed.similar)
    return _page(who, _title(who), more + _form(who, typed) + _back(who), status)


def posted(who: Reader) -> Raw:
    """That it waits to be looked at."""
    return _page(who, _title(who), _done(who.said.posted) + _back(who))


def one(who: Reader, found: PublicSuggestion, told: str = "", status: int = 200) -> Raw:
    """A suggestion with its answer and the button to vote; what came of a vote, if one was just cast."""
    said = who.said
    details = f"{called(said, found.status)} · {said.votes.format(votes=found.votes)}"
    more = f"<p><b>{escape(details)}</b></p>\n" + (_done(told) if told else "")
    more += f'<p class="said">{_lines(found.text)}</p>\n'
    if found.answer:
        heading = said.answer.format(business=settings().business_name)
        more += f"<h2>{escape(heading)}</h2>\n<p>{_lines(found.answer)}</p>\n"
    more += _paragraph(said.ended) if found.status in ENDED else _vote(who, found)
    return _page(who, found.title, more + _back(who), status)


def gone(who: Reader) -> Raw:
    """That there is no such suggestion."""
    return _page(who, who.said.gone, _back(who), 404)


def _vote(who: Reader, found: PublicSuggestion) -> str:
    said = who.said
    box = f'<input type="checkbox" name="tell_me" value="yes"> {escape(said.tell_me)}'
    tell = f'<label class="choice">{box}</label>\n' if who.token else ""
    return (
        f'<form method="post" action="{escape(who.link(f"/ideas/{found.id}"))}">\n{who.hidden}{tell}'
        f'<button class="yes" name="do" value="vote">{escape(said.vote)}</button>\n'
        f'<button name="do" value="unvote">{escape(said.unvote)}</button>\n</form>\n'
    )


def _rows(who: Reader, found: Sequence[PublicSuggestion]) -> str:
    def row(each: PublicSuggestion) -> str:
        details = f"{who.said.votes.format(votes=each.votes)} · {called(who.said, each.status)}"
        return (
            f'<li><a class="row" href="{who.url(f"/ideas/{each.id}")}"><b>{escape(each.title)}</b>'
            f"<small>{escape(details)}</small></a></li>\n"
        )

    return f"<ul>\n{''.join(map(row, found))}</ul>\n" if found else ""


def _choices(who: Reader, sort: Order, status: Status | None) -> str:
    """Links to the orders and the statuses."""
    said = who.said
    orders: list[tuple[str, Order]] = [(said.top, "votes"), (said.newest, "newest")]
    by = [(words, who.url(sort=order, status=status), order == sort) for words, order in orders]
    of = [(said.every, who.url(sort=sort), status is None)]
    of += [(called(said, each), who.url(sort=sort, status=each), each == status) for each in STATUSES]
    return "".join(f"<p>{' · '.join(_choice(*choice) for choice in choices)}</p>\n" for choices in (by, of))


def _choice(words: str, url: str, current: bool) -> str:
    mark = ' aria-current="true"' if current else ""
    return f'<a href="{url}"{mark}>{escape(words)}</a>'


def _search(who: Reader, query: str) -> str:
    return (
        f'<form role="search" action="{escape(who.link("/ideas"))}">\n{who.hidden}'
        f'<label class="line" for="q">{escape(who.said.search)}</label>\n'
        f'<input class="line" id="q" name="q" type="search" maxlength="200" value="{escape(query)}">\n'
        f"<button>{escape(who.said.find)}</button>\n</form>\n"
    )


def _form(who: Reader, typed: Typed) -> str:
    said = who.said
    anyway = '<input type="hidden" name="anyway" value="yes">\n' if typed.similar else ""
    send = said.anyway if typed.similar else said.send
    return (
        f"<h2>{escape(said.new)}</h2>\n"
        f'<form method="post" action="{escape(who.link("/ideas"))}">\n{who.hidden}{anyway}'
        f'<label class="line" for="title">{escape(said.title)}</label>\n'
        f'<input class="line" id="title" name="title" minlength="5" maxlength="120" required'
        f' value="{escape(typed.title)}">\n'
        f'<label class="line" for="text">{escape(said.text)}</label>\n'
        f'<textarea id="text" name="text" maxlength="5000" required>{escape(typed.text)}</textarea>\n'
        f'<button class="yes">{escape(send)}</button>\n</form>\n'
    )


def _title(who: Reader) -> str:
    return who.said.board.format(business=settings().business_name)


def _back(who: Reader) -> str:
    return f'<p><a href="{who.url()}">{escape(who.said.back)}</a></p>\n'


def _done(words: str) -> str:
    return f'<p class="done" role="status">{escape(words)}</p>\n'


def _paragraph(words: str) -> str:
    return f"<p>{escape(words)}</p>\n"


def _lines(text: str) -> str:
    return "<br>\n".join(escape(line) for line in text.splitlines())


def _page(who: Reader, title: str, more: str, status: int = 200) -> Raw:
    return page(who.language, title, more, status)
