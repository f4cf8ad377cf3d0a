"""Markdown as safe HTML and as plain text: CommonMark with tables, bounded, since it is made slow easily."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from chalicelib.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MAX_MARKS = 8_000
"""Characters that mean something in Markdown: thousands of open brackets keep the parser busy for seconds."""
MAX_LINES = 3_000
MAX_NESTING = 20
"""Quotes and lists within each other; what lies deeper is left out."""

_MARKS = re.compile(r"[\[\]*_`|<&!~\\]")
_TAGS = {
    *("a", "blockquote", "br", "code", "em", "h2", "h3", "h4", "h5", "h6", "hr", "img", "li", "ol", "p"),
    *("pre", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
_TEXTS = frozenset({"text", "code_inline", "code_block", "fence"})
_APART = frozenset({"heading_close", "th_close", "td_close"})
"""What ends without a full stop, so that a line of text needs a mark there."""


class Rendered(NamedTuple):
    html: str
    text: str


def rendered(markdown: str) -> Rendered:
    """HTML without anything that runs or is loaded over plain HTTP, and the text that a reader sees.

    Raw HTML shows as it was typed. `# Title` becomes `h2`, since the article's title is the page's `h1`.
    Raises Invalid `too_complex`.
    """
    if len(_MARKS.findall(markdown)) > MAX_MARKS or markdown.count("\n") > MAX_LINES:
        raise Invalid(
            f"A text has {MAX_LINES} lines and {MAX_MARKS} marks of Markdown at most.", code="too_complex"
        )
    parser = _parser()
    tokens = parser.parse(markdown)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
    html = parser.renderer.render(tokens, parser.options, {})
    return Rendered(_sanitised(html), " ".join("".join(_seen(tokens)).split()).removesuffix(" ·"))


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # late: only who writes an article needs it

    return MarkdownIt("commonmark", {"html": False, "maxNesting": MAX_NESTING}).enable("table")


def _sanitised(html: str) -> str:
    import nh3

    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="nofollow noopener",
    )


def _kept(element: str, attribute: str, value: str) -> str | None:
    """Images come by HTTPS only, whole addresses: a page of ours loads nothing else."""
    if (element, attribute) == ("img", "src"):
        return value if value.lower().startswith("https://") else None
    return value


def _seen(tokens: Sequence[Token]) -> Iterator[Any]:
    for token in tokens:
        if token.type in _TEXTS:
            yield token.content
        yield from _seen(token.children or ())
        if token.type in _APART:
            yield " · "
        elif token.block or token.type in ("softbreak", "hardbreak"):
            yield " "  # what is marked within a word, or before a comma, stays one
