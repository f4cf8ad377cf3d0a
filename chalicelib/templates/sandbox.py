"""Renders a text with placeholders: Jinja2, of which only what can be bounded is left.

A template loops, chooses and filters; it defines, calls, includes and imports nothing, and sees plain values
only. What it may cost is counted before it is spent, so that none takes more than a moment or some megabytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jinja2 import Undefined, UndefinedError
from jinja2.exceptions import TemplateError, TemplateSyntaxError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from chalicelib.kernel.errors import Invalid, TooLarge
from chalicelib.templates.filters import FILTERS, TESTS, joined
from chalicelib.templates.placeholders import placeholder
from chalicelib.templates.tree import EACH_STEP, ONE_TEXT, bounded, too_large, unreadable
from chalicelib.templates.values import Budget, Plain, placed, too_costly

MAX_OUTPUT = 500_000
"""Characters that a template may write."""

_LOOP = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length"})
_LARGEST = 10**15
"""The largest number that a template may reckon with."""


class _Environment(ImmutableSandboxedEnvironment):
    """Knows no attribute of any Python object: a dot is a key of a dict, or tells of the loop."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%"})

    def __init__(self, budget: Budget, *, html: bool, missing: list[str] | None) -> None:
        super().__init__(
            autoescape=html,
            undefined=placeholder(missing),
            finalize=lambda value: "" if value is None else value,
            optimized=False,
            keep_trailing_newline=True,
        )
        self.globals = {}
        self.filters = {name: budget.charging(one) for name, one in FILTERS.items()}
        self.filters |= {EACH_STEP: budget.steps, ONE_TEXT: budget.charging(joined)}
        self.tests = dict(TESTS)

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, LoopContext) and attribute in _LOOP:
            return getattr(obj, attribute)
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, Mapping) and isinstance(argument, str) and argument in obj:
            return obj[argument]
        if (
            isinstance(obj, (list, tuple, str))
            and isinstance(argument, int)
            and -len(obj) <= argument < len(obj)
        ):
            return obj[argument]
        path = obj.path if isinstance(obj, Plain) else getattr(obj, "_undefined_name", None)
        return self.undefined(name=f"{path}.{argument}" if path else str(argument)[:100])

    def call_binop(self, _context: Any, operator: str, left: Any, right: Any) -> Any:
        """Reckons with numbers of a bounded size, and with `+` joins two texts."""
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            if len(left) + len(right) > MAX_OUTPUT:
                raise too_costly()
            return left + right
        result = self.binop_table[operator](_number(left), _number(right))
        return _number(result)


def _number(value: Any) -> int | float:
    if isinstance(value, Undefined):
        return _number(str(value))
    if not isinstance(value, (int, float)) or not abs(value) <= _LARGEST:
        raise TypeError("Only numbers of a reasonable size can be reckoned with.")
    return value


def render(
    source: str, values: Mapping[str, Any], *, html: bool = False, missing: list[str] | None = None
) -> str:
    """The text with its placeholders filled in from plain values: texts, numbers, dicts and lists of such.

    With `html`, values are escaped. Raises Invalid `unknown_placeholder` naming one without a value, unless
    `missing` collects them; Invalid `template_syntax`, `template_failed`; TooLarge `template_too_large`.
    """
    budget = Budget()
    known = placed(values, budget)
    environment = _Environment(budget, html=html, missing=missing)
    try:
        template = environment.from_string(bounded(environment, source, budget))
        return _written(template.generate(known))
    except (Invalid, TooLarge):
        raise
    except UndefinedError as error:
        name = (error.message or "")[:100]
        raise Invalid(
            f"There is no placeholder {name}.", code="unknown_placeholder", placeholder=name
        ) from None
    except TemplateSyntaxError as error:
        raise unreadable(error.lineno, error.message or "cannot be read") from None
    except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError) as error:
        raise Invalid(
            "The template does something with a value that cannot be done.", code="template_failed"
        ) from error
    except (RecursionError, SyntaxError, MemoryError):
        raise too_large() from None


def check(source: str) -> None:
    """Raise what `render` would, whatever the values: `template_syntax` or `template_too_large`."""
    environment = _Environment(Budget(), html=False, missing=None)
    try:
        environment.from_string(bounded(environment, source, Budget()))
    except TemplateSyntaxError as error:
        raise unreadable(error.lineno, error.message or "cannot be read") from None
    except TemplateError as error:
        raise unreadable(1, error.message or "cannot be read") from None
    except (RecursionError, SyntaxError, MemoryError):
        raise too_large() from None


def _written(pieces: Iterable[str]) -> str:
    found, size = [], 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_OUTPUT:
            raise too_costly()
        found.append(piece)
    return "".join(found)
