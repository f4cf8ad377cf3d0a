"""Who acts: the caller behind a request or the system behind a message."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.kernel.errors import Forbidden


@dataclass(frozen=True)
class Principal:
    """`id` is an API key's id or `system`; `actor` is the member of staff it acts for, if any."""

    id: str
    scopes: frozenset[str] = frozenset()
    actor: str | None = None

    def require(self, scope: str) -> None:
        """Raise Forbidden unless the scope, or `*`, was granted."""
        if scope not in self.scopes and "*" not in self.scopes:
            raise Forbidden(f"This key lacks the scope {scope}.", code="missing_scope", scope=scope)

    def acting_for(self, staff_id: str) -> Principal:
        """The same caller on behalf of a member of staff. Raises Forbidden without `staff:act`."""
        self.require("staff:act")
        return replace(self, actor=staff_id)


SYSTEM = Principal("system", frozenset({"*"}))
ANONYMOUS = Principal("anonymous")
