"""The pages at /help: plain HTML without scripts, readable on a phone and by a screen reader."""

from __future__ import annotations

from html import escape
from itertools import groupby
from urllib.parse import urlencode

from chalicelib.kernel.config import settings
from chalicelib.kernel.http import layout
from chalicelib.kernel.http.routes import Link, Raw
from chalicelib.knowledge.page_texts import Texts, direction, name_of, spoken_by, texts
from chalicelib.knowledge.reading import FoundArticle, FoundArticles, PublicArticle

_STYLE = """
:root { color-scheme: light dark; --line: #8886; }
body { font: 1.125rem/1.6 system-ui, sans-serif; margin: 0 auto; max-width: 42rem;
  padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 1.5rem 0 1rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2rem 0 .5rem; }
h1, h2, h3, p, li, td, th { overflow-wrap: anywhere; }
a { color: inherit; text-underline-offset: .2em; }
header a, nav a { display: inline-block; padding: .6rem 0; }
form.search { display: flex; flex-wrap: wrap; gap: .5rem; }
form.search label { flex: 0 0 100%; }
input { border: 2px solid #767676; border-radius: .5rem; box-sizing: border-box; flex: 1 1 12rem;
  font: inherit; min-height: 3rem; min-width: 0; padding: .5rem .75rem; }
button { background: transparent; border: 2px solid; border-radius: .5rem; color: inherit; font: inherit;
  min-height: 3rem; min-width: 6rem; padding: .5rem 1.25rem; }
form.search button { background: #14532d; border-color: #14532d; color: #fff; font-weight: 600; }
:focus-visible { outline: 3px solid #2563eb; outline-offset: 3px; }
ul.articles { list-style: none; padding: 0; }
ul.articles li { border-top: 1px solid var(--line); padding: .75rem 0; }
ul.articles a { display: inline-block; font-weight: 600; padding: .3rem 0; }
ul.articles p, .small { font-size: 1rem; margin: .25rem 0; opacity: .85; }
nav a[aria-current] { font-weight: 600; text-decoration: none; }
nav ul { display: flex; flex-wrap: wrap; gap: 0 1.25rem; list-style: none; margin: 0; padding: 0; }
article { border-bottom: 1px solid var(--line); padding-bottom: 1.5rem; }
article img { height: auto; max-width: 100%; }
article pre, article table { display: block; overflow-x: auto; }
article td, article th { border: 1px solid var(--line); padding: .3rem .6rem; text-align: start; }
article table { border-collapse: collapse; }
article code { background: #8882; border-radius: .25rem; padding: .1rem .25rem; }
article blockquote { border-inline-start: 4px solid var(--line); margin-inline: 0;
  padding-inline-start: 1rem; }
footer { font-size: 1rem; margin-top: 2.5rem; }
.row { display: flex; flex-wrap: wrap; gap: .75rem; }
"""
HEADERS = {
    "Content-Security-Policy": layout.content_security_policy(_STYLE, "img-src https:"),
    "Vary": "Accept-Language",
}


def listed(found: FoundArticles, query: str, section: str | None, link: Link, language: str | None) -> Raw:
    """The first page: search, and the articles by section; or what was found."""
    said = texts(found.language or language)
    main = _search(said, query, found.language, link)
    if query:
        main += _found(said, found, query, link)
    elif found.data:
        main += _by_section(found.data, said, section, link)
    else:
        main += _paragraph(said.empty)
    main += _next(said, found, query, section, link)
    title = said.title.format(business=settings().business_name)
    header = "" if not (query or section) else _header(said, found.language, link)
    others = _languages(said, found.languages, found.language, link("/help"), {"q": query} if query else {})
    return _page(title, f"<h1>{escape(title)}</h1>\n{main}", found.language or language, header, others)


def _found(said: Texts, found: FoundArticles, query: str, link: Link) -> str:
    heading = said.nothing if not found.data else said.nearest if found.nearest else said.found
    top = f'<h2 role="status">{escape(heading.format(query=query))}</h2>\n'
    return top + (_entries(found.data, link) if found.data else _paragraph(said.try_else))


def _by_section(found: list[FoundArticle], said: Texts, section: str | None, link: Link) -> str:
    """A heading a section; articles in none come last."""
    ordered = sorted(found, key=lambda one: (one.section is None, one.section or ""))
    groups = [(name, list(group)) for name, group in groupby(ordered, key=lambda one: one.section)]
    single = len(groups) == 1 and section is None
    parts = []
    for name, group in groups:
        heading = name or ("" if single else said.others)
        parts += [f"<h2>{escape(heading)}</h2>\n" if heading else "", _entries(group, link)]
    return "".join(parts)


def _entries(found: list[FoundArticle], link: Link) -> str:
    items = (
        f'<li lang="{one.language}">'
        f'<a href="{_address(link, one.slug, one.language)}">{escape(one.title)}</a>'
        f"<p>{escape(one.excerpt)}</p></li>\n"
        for one in found
    )
    return f'<ul class="articles">\n{"".join(items)}</ul>\n'


def _next(said: Texts, found: FoundArticles, query: str, section: str | None, link: Link) -> str:
    if found.next_cursor is None:
        return ""
    given = {"q": query, "section": section, "language": found.language, "after": found.next_cursor}
    url = f"{link('/help')}?{urlencode({name: value for name, value in given.items() if value})}"
    return f'<p><a href="{escape(url)}" rel="next">{escape(said.more)}</a></p>\n'


def article(found: PublicArticle, link: Link, voted: str | None = None) -> Raw:
    """An article, and the question whether it helped; after a vote what came of it."""
    said = texts(found.language)
    updated = said.updated.format(date=f"{found.updated_at:%Y-%m-%d}")
    body = (
        f"<article>\n<h1>{escape(found.title)}</h1>\n{found.html}"
        f'<p class="small">{escape(updated)}</p>\n</article>\n'
    )
    url = link(f"/help/{found.slug}")
    asked = _vote(said, url, found.language) if voted is None else f'<p role="status">{escape(voted)}</p>\n'
    header = _header(said, found.language, link)
    others = _languages(said, found.languages, found.language, url, {})
    return _page(found.title, body + asked, found.language, header, others)


def _vote(said: Texts, url: str, language: str) -> str:
    def button(helpful: str, label: str) -> str:
        action = f"{url}?{urlencode({'helpful': helpful, 'language': language})}"
        return f'<button formaction="{escape(action)}">{escape(label)}</button>\n'

    return (
        f'<form method="post">\n<h2>{escape(said.helpful)}</h2>\n<div class="row">\n'
        f"{button('true', said.yes)}{button('false', said.no)}</div>\n</form>\n"
    )


def gone(language: str | None, link: Link) -> Raw:
    """The page of an address under which there is nothing, with the search."""
    said = texts(language)
    main = f"<h1>{escape(said.gone)}</h1>\n{_paragraph(said.gone_why)}{_search(said, '', None, link)}"
    return _page(said.gone, main, spoken_by(language), _header(said, None, link), "", status=404)


def _header(said: Texts, language: str | None, link: Link) -> str:
    url = link("/help") + (f"?{urlencode({'language': language})}" if language else "")
    return f'<header><a href="{escape(url)}">{escape(said.all_articles)}</a></header>\n'


def _search(said: Texts, query: str, language: str | None, link: Link) -> str:
    hidden = f'<input type="hidden" name="language" value="{escape(language)}">\n' if language else ""
    return (
        f'<form class="search" role="search" action="{escape(link("/help"))}">\n'
        f'<label for="q">{escape(said.search)}</label>\n'
        f'<input id="q" name="q" type="search" maxlength="200" value="{escape(query)}">\n'
        f"{hidden}<button>{escape(said.find)}</button>\n</form>\n"
    )


def _languages(said: Texts, there: list[str], current: str | None, url: str, more: dict[str, str]) -> str:
    if len(there) < 2:
        return ""

    def item(one: str) -> str:
        address = escape(f"{url}?{urlencode({**more, 'language': one})}")
        mark = ' aria-current="true"' if one == current else ""
        return (
            f'<li><a href="{address}" hreflang="{one}" lang="{one}"{mark}>{escape(name_of(one))}</a></li>\n'
        )

    items = "".join(map(item, there))
    return f'<nav aria-label="{escape(said.languages)}">\n<ul>\n{items}</ul>\n</nav>\n'


def _address(link: Link, slug: str, language: str) -> str:
    return escape(f"{link(f'/help/{slug}')}?{urlencode({'language': language})}")


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>\n"


def _page(
    title: str, main: str, language: str | None, header: str, languages: str, status: int | None = None
) -> Raw:
    footer = f"<footer>{escape(settings().business_name)}</footer>"
    body = f"{header}<main>\n{main}</main>\n{languages}{footer}\n"
    html = layout.document(language or "en", title, body, style=_STYLE, direction=direction(language))
    return Raw(html, "text/html; charset=utf-8", HEADERS, status)
