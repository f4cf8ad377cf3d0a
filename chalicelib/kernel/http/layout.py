"""How pages look on which people act by a link: plain HTML, no scripts, fit for phones and screen readers."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from chalicelib.kernel.config import settings
from chalicelib.kernel.http.routes import Raw

_STYLE = """
:root { color-scheme: light dark; --ink: #17211c; --soft: #56635b; --paper: #f3f5f2; --card: #fff;
  --line: #c9d1cb; --green: #14532d; --on-green: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #eef3ef; --soft: #aab8af; --paper: #101612;
  --card: #1a231d; --line: #3b4a40; --green: #86d6a2; --on-green: #0b1a10; } }
* { box-sizing: border-box; }
body { background: var(--paper); color: var(--ink); font: 1.125rem/1.5 system-ui, sans-serif; margin: 0 auto;
  max-width: 36rem; padding: 1.25rem 1rem 2.5rem; }
.business { color: var(--soft); font-size: 1rem; font-weight: 600; margin: 0 .25rem .75rem; }
main { background: var(--card); border: 1px solid var(--line); border-radius: .9rem; padding: 1.25rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1.75rem 0 .25rem; }
p { margin: .5rem 0; }
a { color: var(--green); }
ul { list-style: none; margin: 0; padding: 0; }
li { border-top: 1px solid var(--line); }
li:first-child { border-top: 0; }
form + ul { border-top: 1px solid var(--line); margin-top: 1.75rem; }
label.choice { align-items: flex-start; cursor: pointer; display: flex; gap: .9rem;
  min-height: 3rem; padding: .75rem 0; }
label.choice input { accent-color: var(--green); flex: none; height: 1.6rem; margin: 0; width: 1.6rem; }
label.choice b { display: block; overflow-wrap: anywhere; }
small { color: var(--soft); display: block; font-size: .95rem; }
select, input.line, textarea { background: var(--card); border: 2px solid var(--line); border-radius: .6rem;
  color: var(--ink); display: block; font: inherit; margin-top: .25rem; min-height: 3rem; padding: .5rem;
  width: 100%; }
textarea { min-height: 9rem; }
form label.line { display: block; font-weight: 600; margin-top: 1rem; }
li a.row { color: inherit; display: block; overflow-wrap: anywhere; padding: .75rem 0;
  text-decoration: none; }
li a.row b { color: var(--green); display: block; text-decoration: underline; }
li.us, li.you { padding: .75rem 0; }
li .said { overflow-wrap: anywhere; white-space: pre-wrap; }
li.us .said { border-left: .3rem solid var(--green); padding-left: .75rem; }
fieldset { border: 0; margin: 1.5rem 0 0; min-width: 0; padding: 0; }
legend { font-weight: 600; overflow-wrap: anywhere; padding: 0 0 .5rem; }
.marks { display: grid; gap: .35rem; grid-template-columns: repeat(auto-fill, minmax(2.5rem, 1fr)); }
.marks label { cursor: pointer; position: relative; }
.marks input { cursor: pointer; height: 100%; inset: 0; margin: 0; opacity: 0; position: absolute;
  width: 100%; }
.marks span { align-items: center; border: 2px solid var(--line); border-radius: .6rem; display: flex;
  font-weight: 600; justify-content: center; min-height: 3rem; }
.marks input:checked + span { background: var(--green); border-color: var(--green); color: var(--on-green); }
.marks input:focus-visible + span { outline: 3px solid #2563eb; outline-offset: 3px; }
.ends { color: var(--soft); display: flex; font-size: .95rem; gap: 1rem; justify-content: space-between; }
button { background: none; border: 2px solid var(--line); border-radius: .6rem; color: var(--ink);
  cursor: pointer; display: block; font: inherit; margin-top: 1rem; min-height: 3rem;
  padding: .5rem 1.25rem; width: 100%; }
button.yes { background: var(--green); border-color: var(--green); color: var(--on-green); font-weight: 600; }
:focus-visible { outline: 3px solid #2563eb; outline-offset: 3px; }
.done, .wrong { background: var(--paper); border-left: .3rem solid var(--green); border-radius: .3rem;
  padding: .75rem 1rem; }
.wrong { border-color: #b91c1c; }
"""
_DOCUMENT = """<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}</body>
</html>
"""


def document(language: str, title: str, body: str, *, style: str, direction: str = "ltr") -> str:
    """A whole HTML document; `body` and `style` are as they stand, the title is text."""
    return _DOCUMENT.format(
        language=language, direction=direction, title=escape(title), style=style, body=body
    )


def content_security_policy(style: str, *more: str) -> str:
    """What lets a page have this style, send its forms here, and do `more`; nothing else is loaded or run."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    allowed = ("default-src 'none'", f"style-src 'sha256-{digest}'", *more, "form-action 'self'")
    return "; ".join([*allowed, "base-uri 'none'", "frame-ancestors 'none'"])


_HEADERS = {
    "Content-Security-Policy": content_security_policy(_STYLE),
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}


def page(language: str, title: str, more: str, status: int = 200) -> Raw:
    """A page; `more` is HTML, all else is text."""
    business = escape(settings().business_name)
    body = f'<p class="business">{business}</p>\n<main>\n<h1>{escape(title)}</h1>\n{more}</main>\n'
    html = document(language, title, body, style=_STYLE)
    return Raw(html, "text/html; charset=utf-8", _HEADERS, status)
