"""The pages behind the link: plain HTML without scripts, readable on a phone and by a screen reader."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from chalicelib.kernel.config import settings
from chalicelib.kernel.http.routes import Raw
from chalicelib.subscriptions.confirming import Answered, Outcome
from chalicelib.subscriptions.texts import Texts, texts

_STYLE = """
:root { color-scheme: light dark; }
body { font: 1.125rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 34rem; padding: 2rem 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
button { border: 2px solid; border-radius: .5rem; display: block; font: inherit; margin-top: 1rem;
  min-height: 3rem; padding: .5rem 1.25rem; width: 100%; }
button.yes { background: #14532d; border-color: #14532d; color: #fff; font-weight: 600; }
button:focus-visible { outline: 3px solid #2563eb; outline-offset: 3px; }
footer { font-size: 1rem; margin-top: 2.5rem; }
"""
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>{title}</h1>
{more}</main>
<footer>{business}</footer>
</body>
</html>
"""
_FORM = """<form method="post">
<button class="yes">{yes}</button>
<button formaction="{token}/decline">{no}</button>
</form>
"""
_STATUS: dict[Outcome, int] = {"over": 410, "unknown": 404}
"""Of what is not 200."""


def shown(answered: Answered, token: str = "") -> Raw:
    """The page that says what came of it; with a form when there is something to answer."""
    said = texts(answered.language)
    title = getattr(said, answered.outcome).format(topic=answered.topic)
    html = _PAGE.format(
        language=answered.language,
        title=escape(title),
        style=_STYLE,
        more=_more(answered, said, token),
        business=escape(settings().business_name),
    )
    return Raw(html, "text/html; charset=utf-8", _HEADERS, _STATUS.get(answered.outcome, 200))


def _more(answered: Answered, said: Texts, token: str) -> str:
    explained = {"asked": said.why, "over": said.over_why, "unknown": said.unknown_why}
    why = explained.get(answered.outcome, "").format(topic=answered.topic, business=settings().business_name)
    paragraph = f"<p>{escape(why)}</p>\n" if why else ""
    form = _FORM.format(yes=escape(said.yes), no=escape(said.no), token=escape(token))
    return paragraph + (form if answered.outcome == "asked" else "")
