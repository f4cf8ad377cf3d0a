"""HTML of strangers: made safe to show, and turned into text. Both are bounded, since both can be made slow.

The parsers take seconds on thousands of nested tags or a megabyte of ampersands; such HTML is not shown, and
its text is taken by a plain scan.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from chalicelib.mail.parts import MAX_TEXT
from chalicelib.mail.reading.html_quotes import quoted_lines, set_marks, without_marks

MAX_TAGS = 20_000
MAX_AMPERSANDS = 50_000
MAX_LAID_OUT = 50_000_000
"""Characters that tables may come to when every cell is as wide as the widest of its column."""

_BREAKING = re.compile(r"<(?:br|/?p|/?div|/?tr|/?li|/?h[1-6]|/?table|/?blockquote)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?![.\d])"
    r"|(?<!-)max-height\s*:\s*0(?![.\d])|(?<!-)opacity\s*:\s*0(?![.\d])",
    re.IGNORECASE,
)
_LOCAL_IMAGE = re.compile(r"cid:|data:image/(?:png|jpeg|gif|webp);base64,", re.IGNORECASE)


def heavy(html: str) -> bool:
    """True when a parser could be kept busy for seconds: ask before parsing."""
    return len(re.findall("<[a-zA-Z]", html)) > MAX_TAGS or html.count("&") > MAX_AMPERSANDS


def sanitised(html: str) -> str | None:
    """HTML, not heavy, without script, style, forms and remote images; None when it grows over the bound."""
    import nh3  # late, as all heavy imports of this room: most functions that import it never read a mail

    safe = nh3.clean(
        html,
        clean_content_tags={"script", "style", "title", "noscript"},
        attribute_filter=_kept,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        link_rel="noopener noreferrer nofollow",
    )
    return safe if len(safe) <= MAX_TEXT else None


def _kept(element: str, attribute: str, value: str) -> str | None:
    """Blocks what would load from elsewhere: an image tells its sender who reads, and when."""
    if attribute == "src":
        return value if _LOCAL_IMAGE.match(value) else None
    if attribute in {"href", "cite"} and value.strip().lower().startswith("data:"):
        return None
    return None if element == "img" and attribute == "srcset" else value


def to_text(html: str, *, heavy_html: bool = False) -> str:
    """What a reader sees, quotations as lines with `>`, no hidden preheaders; a plain scan of heavy HTML."""
    html = without_marks(html)
    text = "" if heavy_html else _rendered(html)
    if not text.strip():
        text = _scanned(html)
    return quoted_lines(_EMPTY_LINES.sub("\n\n", text))


def _rendered(html: str) -> str:
    from inscriptis.html_engine import Inscriptis
    from inscriptis.model.config import ParserConfig
    from lxml.etree import LxmlError
    from lxml.html import HTMLParser, document_fromstring

    try:
        tree = document_fromstring(
            html.encode("utf-8", "replace"), parser=HTMLParser(encoding="utf-8", huge_tree=True)
        )
        for element in tree.xpath("//*[@style or @hidden]"):
            if element.get("hidden") is not None or _HIDDEN.search(element.get("style", "")):
                _drop_keeping_tail(element)
        set_marks(tree)
        if _is_vast(tree):
            for part in list(tree.iter("table", "tbody", "thead", "tfoot", "caption", "tr", "td", "th")):
                part.tag = "div"
        return str(Inscriptis(tree, ParserConfig()).get_text())
    except (LxmlError, ValueError, RecursionError):
        return ""


def _is_vast(tree: Any) -> bool:
    """Whether tables, laid out, could fill the memory: thousands of rows beside one cell of a megabyte.

    No line is wider than all text, and no element and no line break makes more than one line.
    """
    text = "".join(tree.itertext())
    return len(text) * (sum(1 for _ in tree.iter()) + text.count("\n")) > MAX_LAID_OUT


def _scanned(html: str) -> str:
    """A linear scan: whole script, style and comment sections go, then every tag."""
    for opening, closing in (
        ("<!--", "-->"),
        ("<script", "</script>"),
        ("<style", "</style>"),
        ("<head", "</head>"),
    ):
        html = _without(html, opening, closing)
    return unescape(_TAG.sub("", _BREAKING.sub("\n", html)))


def _without(html: str, opening: str, closing: str) -> str:
    """`html` without the sections between two marks; an unclosed one hides nothing."""
    folded = html.lower() if len(html.lower()) == len(html) else html
    out: list[str] = []
    position = 0
    while (start := folded.find(opening, position)) >= 0 and (end := folded.find(closing, start)) >= 0:
        out.append(html[position:start])
        position = end + len(closing)
    return "".join(out) + html[position:]


def _drop_keeping_tail(element: Any) -> None:
    """Remove an lxml element (untyped) with what it holds, not the text that follows it."""
    if element.getparent() is not None:
        element.drop_tree()
