"""What is to become of a customer for one row of many, and what came of it: the entry of a plan."""

from collections.abc import Callable, Sequence
from typing import Literal, Self

from chalicelib.customers.model import Customer
from chalicelib.kernel.errors import AlreadyExists, Conflict, RapportError, Repeated, Stale, Unavailable
from chalicelib.kernel.model import Stored

Outcome = Literal["created", "updated", "unchanged", "rejected", "deleted", "reverted", "left"]


class Change(Stored):
    """A row's outcome. `before` and `after` are the profile, None where none is; both None: no change.

    `opted_out` is whether the row says that they want no mails, which is no part of the profile.
    """

    row: int
    outcome: Outcome
    customer_id: str | None = None
    candidates: list[str] = []
    code: str | None = None
    reason: str | None = None
    param: str | None = None
    changed: list[str] = []
    opted_out: bool = False
    before: Customer | None = None
    after: Customer | None = None

    @classmethod
    def rejected(cls, row: int, error: RapportError) -> Self:
        """The outcome of a row that an error rejects; it names whom the row clashed with."""
        extra = error.extra
        found = (extra.get("invalid_params") or [{}])[0]
        return cls(
            row=row,
            outcome="rejected",
            customer_id=extra.get("customer_id"),
            candidates=extra.get("candidates", []),
            code=found.get("code", error.code),
            reason=found.get("reason", error.detail),
            param=found.get("name"),
        )

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return self.before is not None or self.after is not None

    @property
    def touches(self) -> set[str]:
        """The customers whom the row was found to concern."""
        return {*self.candidates, *([self.customer_id] if self.customer_id else [])}


Again = Callable[[list[int]], list[Change]]
"""Plans the rows with these numbers anew; none when that was tried often enough."""
Do = Callable[[list[Change]], list[RapportError | None]]
"""Carries changes out; for each, None or why it was not done."""


def settle(changes: list[Change], do: Do, again: Again) -> list[Change]:
    """Carry a plan out. What was overtaken is planned anew, and so is what had built on what was not done."""
    settled: dict[int, Change] = {}
    while changes:
        errors = dict(zip((change.row for change in changes), do(changes), strict=True))
        overtaken = {row for row, error in errors.items() if _was_overtaken(error)}
        for change in changes:
            settled[change.row] = _outcome(change, errors[change.row])
        undone = {row for row, error in errors.items() if not (error is None or isinstance(error, Repeated))}
        pending = sorted(overtaken | _built_on(changes, undone))
        changes = again(pending) if pending else []
    return [settled[row] for row in sorted(settled)]


def _outcome(change: Change, error: RapportError | None) -> Change:
    if error is None or isinstance(error, Repeated):
        return change
    if _was_overtaken(error):
        return Change(row=change.row, outcome="rejected", code="busy", reason="Others keep changing this.")
    return Change.rejected(change.row, error)


def _was_overtaken(error: RapportError | None) -> bool:
    """Whether what was planned on had changed when the change was made."""
    if isinstance(error, Stale | AlreadyExists | Unavailable):
        return True
    return isinstance(error, Conflict) and error.code == "identity_taken"


def _built_on(changes: Sequence[Change], undone: set[int]) -> set[int]:
    """The rows that were decided by what these were going to do, and did not."""
    concerned: set[str] = set()
    found = set()
    for change in changes:
        if change.row in undone:
            concerned |= change.touches
        elif not change.writes and not concerned.isdisjoint(change.touches):
            found.add(change.row)
    return found
