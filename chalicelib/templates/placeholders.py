"""What stands for a placeholder without a value: to use it is an error, or is noted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from jinja2 import Undefined, UndefinedError

MOST = 100
"""Names that are noted of one rendering."""


class Placeholder(Undefined):
    """Raises UndefinedError with its name, unless `missing` is there to note it in."""

    missing: ClassVar[list[str] | None] = None
    __hash__ = None  # type: ignore[assignment]  # nothing keeps one

    def _used(self) -> str:
        name = str(self._undefined_name)
        if self.missing is None:
            raise UndefinedError(name)
        if name not in self.missing and len(self.missing) < MOST:
            self.missing.append(name)
        return name

    def __str__(self) -> str:
        return f"[{self._used()}]"

    def __iter__(self) -> Iterator[Any]:
        self._used()
        return iter(())

    def __bool__(self) -> bool:
        self._used()
        return False

    def __eq__(self, other: object) -> bool:
        self._used()
        return False

    def __len__(self) -> int:
        self._used()
        return 0


def placeholder(missing: list[str] | None) -> type[Placeholder]:
    """The class whose instances note themselves there."""
    return type("Noted", (Placeholder,), {"missing": missing})
