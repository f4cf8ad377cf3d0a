"""HTML as mail programs understand it: styles written at each element, and the text that it comes to.

Many of them read no style sheet, and some of their readers no HTML. Both are bounded, since both can be slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chalicelib.kernel.errors import TooLarge

MAX_TAGS = 5_000
MAX_SELECTORS = 1_000
MAX_COST = 30_000_000
"""Elements that are looked at for all selectors together, ancestors included; about a second."""
MAX_LAID_OUT = 50_000_000
"""Characters that tables may come to when every cell is as wide as all text."""

_COMBINATORS = re.compile(r"\s*[>+~]\s*|\s+")
_EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n){2,}")


def text_of(html: str) -> str:
    """What a reader of HTML sees, as text; links with their addresses. Raises TooLarge `html_too_heavy`."""
    from inscriptis.html_engine import Inscriptis
    from inscriptis.model.config import ParserConfig

    tree = _parsed(html)
    size = len("".join(tree.itertext()))
    if size * (sum(1 for _ in tree.iter()) + html.count("\n")) > MAX_LAID_OUT:
        raise _too_heavy()
    text = str(Inscriptis(tree, ParserConfig(display_links=True)).get_text())
    return _EMPTY_LINES.sub("\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip() + "\n"


def inlined(html: str) -> str:
    """The HTML with its style sheets written at the elements they are for.

    What cannot be written there stays in a style sheet: `@media` and the like, and selectors with `:`. HTML
    without a style sheet is left as it is. Raises TooLarge `html_too_heavy`.
    """
    if "<style" not in html.lower():
        return html
    import lxml.html

    tree = _parsed(html)
    sheet = _Sheet(tree)
    for element in list(tree.iter("style")):
        if not sheet.take(element.text or ""):
            continue
        element.text = sheet.rest
        if not sheet.rest.strip():
            element.drop_tree()
    sheet.write()
    return str(lxml.html.tostring(tree, encoding="unicode", doctype="<!DOCTYPE html>"))


def _parsed(html: str) -> Any:
    from lxml.etree import LxmlError
    from lxml.html import HTMLParser, document_fromstring

    if len(re.findall("<[a-zA-Z]", html)) > MAX_TAGS:
        raise _too_heavy()
    try:
        return document_fromstring(html.encode("utf-8", "replace"), parser=HTMLParser(encoding="utf-8"))
    except (LxmlError, ValueError):  # empty, or nothing but a comment
        return document_fromstring("<p></p>")


def _too_heavy() -> TooLarge:
    return TooLarge("The HTML has too many elements or styles.", code="html_too_heavy")


@dataclass(order=True)
class _Declaration:
    """Sorts as the cascade does: later ones win (CSS Cascading 4, section 6.1)."""

    important: bool
    specificity: tuple[int, int, int, int]
    place: int
    name: str = field(compare=False)
    value: str = field(compare=False)


class _Sheet:
    """The styles of a document, by element, as they are collected from its style sheets."""

    def __init__(self, tree: Any) -> None:
        self._tree = tree
        self._elements = sum(1 for _ in tree.iter())
        self._depth = max(sum(1 for _ in one.iterancestors()) for one in tree.iter()) + 1
        self._found: dict[Any, list[_Declaration]] = {}
        self._cost = self._selectors = 0
        self.rest = ""

    def take(self, css: str) -> bool:
        """Collect what a style sheet says; what cannot be inlined is its `rest`. False for a broken one."""
        import tinycss2

        rest = []
        for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
            if rule.type == "error":
                return False
            if rule.type != "qualified-rule" or not self._take_rule(rule):
                rest.append(rule.serialize())
        self.rest = "\n".join(rest)
        return True

    def _take_rule(self, rule: Any) -> bool:
        import tinycss2
        from cssselect import HTMLTranslator, SelectorError, parse

        prelude = tinycss2.serialize(rule.prelude).strip()
        if ":" in prelude:
            return False
        try:
            selectors = parse(prelude)
            paths = [HTMLTranslator().selector_to_xpath(one) for one in selectors]
        except (SelectorError, RecursionError):
            return False
        declarations = list(_declarations(rule.content))
        for selector, path in zip(selectors, paths, strict=True):
            self._charge(prelude)
            for element in self._tree.xpath(path):
                self._add(element, (0, *selector.specificity()), declarations)
        return True

    def _charge(self, prelude: str) -> None:
        steps = len(_COMBINATORS.findall(prelude))
        self._selectors += 1
        self._cost += self._elements * (1 + steps * self._depth)
        if self._selectors > MAX_SELECTORS or self._cost > MAX_COST:
            raise _too_heavy()

    def _add(
        self, element: Any, specificity: tuple[int, int, int, int], declarations: list[tuple[str, str, bool]]
    ) -> None:
        said = self._found.setdefault(element, [])
        for name, value, important in declarations:
            self._cost += 1
            said.append(_Declaration(important, specificity, len(said), name, value))

    def write(self) -> None:
        """Write what holds at each element, beside what its own `style` says."""
        for element in list(self._found):
            self._add(element, (1, 0, 0, 0), list(_declarations(element.get("style", ""))))
            held: dict[str, str] = {}
            for one in sorted(self._found[element]):
                held.pop(one.name, None)  # a shorthand counts where it was said last
                held[one.name] = one.value + (" !important" if one.important else "")
            element.set("style", "; ".join(f"{name}: {value}" for name, value in held.items()))


def _declarations(content: Any) -> Iterator[tuple[str, str, bool]]:
    """Names, values and importance of what a block says."""
    import tinycss2

    for one in tinycss2.parse_blocks_contents(content):
        if one.type == "declaration":
            yield one.lower_name, tinycss2.serialize(one.value).strip(), one.important
