"""What programs mark in HTML as quoted, carried over into text: lines that begin with `>`.

The elements are set between two characters that no text has, before it is laid out; afterwards the lines
between these are marked.
"""

from __future__ import annotations

from typing import Any

_OPENS, _CLOSES = "\ue000", "\ue001"
"""Of Unicode's private use area."""
_GONE = dict.fromkeys(map(ord, _OPENS + _CLOSES))
_MAX_DEPTH = 8
"""Marks before a line; quotations that are nested deeper look like this one."""
_MAX_QUOTED = 500
"""Elements that are marked, of all that a stranger may send."""
_INDENTED = ("border:none", "border:0", "border-width:0")
"""What Gmail writes to set in what its user types."""
_WHOLE = {
    "yahoo_quoted",
    "protonmail_quote",
    "OLK_SRC_BODY_SECTION",
    "mail-editor-reference-message-container",
}
_BEGINS = {"divRplyFwdMsg", "appendonsend"}
"""Outlook's: all that follows is the other mail."""


def without_marks(html: str) -> str:
    """HTML in which none of our characters stands."""
    return html.translate(_GONE) if _OPENS in html or _CLOSES in html else html


def set_marks(tree: Any) -> None:
    """Put a mark before and behind everything quoted in a tree of lxml (untyped)."""
    left = _MAX_QUOTED
    for element in list(tree.iter("blockquote", "div")):
        if not left:
            return
        if _is_quoted(element):
            left -= 1
            before, behind = _mark(element, _OPENS), _mark(element, _CLOSES)
            before.tail, element.text = element.text, None
            element.insert(0, before)
            element.append(behind)
        elif element.get("id") in _BEGINS and element.getparent() is not None:
            left -= 1
            element.addprevious(_mark(element, _OPENS))
            element.getparent().append(_mark(element, _CLOSES))


def quoted_lines(text: str) -> str:
    """The text laid out, its marks turned into `>` at the beginning of lines."""
    if _OPENS not in text:
        return text
    lines: list[str] = []
    depth = 0
    for marked in text.split("\n"):
        line = marked.translate(_GONE)
        level = depth + (marked.count(_OPENS) if line.strip() else 0)
        depth = max(0, depth + marked.count(_OPENS) - marked.count(_CLOSES))
        if line.strip() or line == marked:
            lines.append(f"{'>' * min(level, _MAX_DEPTH)} {line.strip()}".rstrip() if level else line)
    return "\n".join(lines)


def _is_quoted(element: Any) -> bool:
    if element.tag == "blockquote":
        style = "".join(element.get("style", "").lower().split())
        return not any(mark in style for mark in _INDENTED)
    return not _WHOLE.isdisjoint([element.get("id", ""), *element.get("class", "").split()])


def _mark(element: Any, character: str) -> Any:
    mark = element.makeelement("div")
    mark.text = character
    return mark
