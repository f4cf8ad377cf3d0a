"""A batch: a request of many rows, of which each is a Work of its own, committed together.

A view that asks for `batch` makes a Work for each row and commits them itself. Under an Idempotency-Key each
row has a record of its own, in its own transaction: whatever part of the batch an interrupted request had
done is found by its repeat, and answered as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.kernel import ids, table
from chalicelib.kernel.commit import commit_all
from chalicelib.kernel.errors import Conflict, RapportError
from chalicelib.kernel.http.idempotency import LIFETIME
from chalicelib.kernel.principals import Principal
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work


class RowRepeated(Conflict):
    """The row was done before under this key; the record has its result."""

    def __init__(self, record: Item) -> None:
        super().__init__("This row was done before under this key.", code="idempotency_key_reused")
        self.record = record


@dataclass
class Batch:
    """Who sends the rows, and under which Idempotency-Key, if any."""

    principal: Principal
    guard: Callable[[Work], None]
    key: str | None = None
    now: datetime = field(default_factory=ids.now)

    def begin(self) -> Work:
        """An empty Work for one row."""
        return Work(now=self.now, principal=self.principal)

    def recall(self, rows: int) -> dict[int, Item]:
        """What was recorded of the first `rows` rows under this key: one call, none without a key."""
        if self.key is None:
            return {}
        keys = {self._record_key(row): row for row in range(rows)}
        return {keys[key]: item for key, item in table.get_many(keys).items()}

    def remember(self, work: Work, row: int, fingerprint: str, result: Mapping[str, Any]) -> None:
        """Record a row's result with its Work, first, so that a repeat is seen before any other failure."""
        if self.key is None:
            return
        item = {
            **self._record_key(row)._asdict(),
            "fingerprint": fingerprint,
            "result": dict(result),
            "expires_at": int(work.now.timestamp()) + LIFETIME,
        }
        work.put(item, unless_exists=lambda old: RowRepeated(old or item))
        work.writes.insert(0, work.writes.pop())

    def commit(self, works: Sequence[Work]) -> list[RapportError | None]:
        """Commit the rows' Works together; for each, None or why it was not done."""
        if self.principal.actor:
            for work in works:
                if work.writes:
                    self.guard(work)
        return commit_all(works)

    def _record_key(self, row: int) -> Key:
        return Key(f"IDM#{self.principal.id}#{self.key}", f"IDM#{row}")
