"""What a template may see, plain and bounded, and what its rendering may cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from chalicelib.kernel.errors import TooLarge

MAX_CHARACTERS, MAX_VALUES, MAX_DEPTH = 200_000, 10_000, 10
"""Of all values together: characters of texts, how many there are, and how deep they lie."""
BUDGET = 1_000_000
"""What a rendering may spend. One is about a part of a template looking at a thousand characters."""


class Plain(dict[str, Any]):
    """A dict that knows under which name a template finds it, to tell what is missing in it."""

    path: str = ""


class Budget:
    """Counts what a rendering spends; `weight` is what the longest text makes each part cost."""

    def __init__(self) -> None:
        self.left = BUDGET
        self.weight = 1
        self._characters = MAX_CHARACTERS
        self._values = MAX_VALUES

    def charge(self, cost: int) -> None:
        """Spend something. Raises TooLarge `template_too_costly` when there is not enough left."""
        self.left -= cost
        if self.left < 0:
            raise too_costly()

    def steps(self, several: Iterable[Any], cost: int) -> Iterator[Any]:
        """Each of several, at a cost: what a loop goes through."""
        for one in several:
            self.charge(cost)
            yield one

    def charging(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """A filter that costs by the size of what it gets and of what it makes."""

        def charged(value: Any, *given: Any, **named: Any) -> Any:
            self.charge(1 + _length(value) // 200)
            made = function(value, *given, **named)
            self.charge(_length(made) // 200)
            return made

        return charged

    def hold(self, value: Any) -> None:
        """Count a value. Raises TooLarge `values_too_large`."""
        self._values -= 1
        if isinstance(value, str):
            self._characters -= len(value)
            self.weight = max(self.weight, 1 + len(value) // 1000)
        if self._values < 0 or self._characters < 0:
            raise _too_large()


def _length(value: Any) -> int:
    return len(value) if isinstance(value, (str, list, tuple, dict)) else 0


def placed(values: Mapping[str, Any], budget: Budget, path: str = "", depth: int = MAX_DEPTH) -> Plain:
    """Values as a template sees them. Raises TooLarge; TypeError for what is none of the plain types."""
    found = Plain(
        {str(name): _placed(value, budget, _under(path, name), depth) for name, value in values.items()}
    )
    found.path = path
    return found


def _under(path: str, name: object) -> str:
    return f"{path}.{name}" if path else str(name)


def _placed(value: Any, budget: Budget, path: str, depth: int) -> Any:
    budget.hold(value)
    if depth == 0:
        raise _too_large()
    if isinstance(value, Mapping):
        return placed(value, budget, path, depth - 1)
    if isinstance(value, (list, tuple)):
        return [_placed(one, budget, f"{path}[]", depth - 1) for one in value]
    if value is None or type(value) in (str, int, float, bool):
        return value
    raise TypeError(f"a {type(value).__name__} is not for templates")


def too_costly() -> TooLarge:
    return TooLarge("The template takes too long or writes too much.", code="template_too_costly")


def _too_large() -> TooLarge:
    return TooLarge(
        "The values for the template are too many, too long or too deep.", code="values_too_large"
    )
