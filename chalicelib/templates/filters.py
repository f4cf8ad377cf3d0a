"""The filters and tests of templates: few, and none that makes much of little without asking first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from jinja2 import Undefined
from jinja2.tests import TESTS as THEIR_TESTS
from markupsafe import Markup, escape

from chalicelib.templates.values import MAX_CHARACTERS, too_costly


def _text(value: Any) -> str:
    """A text as it is, escaped or not; anything else as it is written."""
    return value if isinstance(value, str) else "" if value is None else str(value)


def _default(value: Any, instead: Any = "", also_when_empty: bool = False) -> Any:
    """What stands in for a missing value, and for none; with `true` for an empty one as well."""
    empty = isinstance(value, Undefined) or value is None or (also_when_empty and not value)
    return instead if empty else value


def _replace(value: Any, old: Any, new: Any) -> str:
    text, old, new = _text(value), _text(old), _text(new)
    if not old:
        return text
    if len(text) + text.count(old) * len(new) > MAX_CHARACTERS:
        raise too_costly()
    return text.replace(old, new)


def _join(several: Any, between: str = "") -> str:
    if not isinstance(several, (list, tuple)):
        raise TypeError("Only a list can be joined.")
    texts, between = [_text(one) for one in several], _text(between)
    if sum(map(len, texts)) + len(texts) * len(between) > MAX_CHARACTERS:
        raise too_costly()
    if any(isinstance(one, Markup) for one in (*texts, between)):
        safe: Markup = escape(between).join(texts)
        return safe
    return between.join(texts)


def joined(several: list[Any]) -> str:
    """`a ~ b`."""
    return _join(several)


def _truncate(value: Any, length: int = 200) -> str:
    """At most so many characters, the last of them an ellipsis when something was cut."""
    text = str(_text(value))
    return text if len(text) <= length else text[: max(length - 1, 0)].rstrip() + "…"


def _round(value: Any, digits: int = 0) -> float | int:
    rounded = round(float(value), max(-15, min(digits, 15)))
    return rounded if digits > 0 else int(rounded)


def _lines(value: Any) -> Markup:
    """A text whose line breaks stay in HTML."""
    return Markup(str(escape(_text(value))).replace("\n", "<br>\n"))  # noqa: S704 - escaped just before


def _pairs(value: Any) -> list[Any]:
    """A dict's keys with their values, for a loop over both."""
    if not isinstance(value, Mapping):
        raise TypeError("Only a dict has items.")
    return list(value.items())


def _edge(value: Any, place: int) -> Any:
    return value[place] if value else ""


FILTERS: dict[str, Callable[..., Any]] = {
    "abs": lambda value: abs(float(value) if isinstance(value, str) else value),
    "capitalize": lambda value: _text(value).capitalize(),
    "default": _default,
    "d": _default,
    "e": lambda value: escape(_text(value)),
    "escape": lambda value: escape(_text(value)),
    "first": lambda value: _edge(value, 0),
    "float": float,
    "int": lambda value: int(float(value)),
    "items": _pairs,
    "join": _join,
    "last": lambda value: _edge(value, -1),
    "length": len,
    "count": len,
    "lower": lambda value: _text(value).lower(),
    "nl2br": _lines,
    "replace": _replace,
    "round": _round,
    "sort": sorted,
    "title": lambda value: _text(value).title(),
    "trim": lambda value: _text(value).strip(),
    "truncate": _truncate,
    "upper": lambda value: _text(value).upper(),
    "urlencode": lambda value: quote(_text(value), safe=""),
}
TESTS = {
    name: THEIR_TESTS[name]
    for name in (
        "defined", "undefined", "none", "string", "number", "mapping", "sequence", "true", "false", "in",
        "odd", "even", "divisibleby", "eq", "equalto", "==", "ne", "!=", "gt", ">", "ge", ">=", "lt", "<",
        "le", "<=",
    )
}  # fmt: skip
