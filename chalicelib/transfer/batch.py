"""Up to a hundred upserts in one request, each with its own outcome."""

import hashlib
import json
from typing import Annotated, Any, Self

from pydantic import Field

from chalicelib.customers import service as customers
from chalicelib.customers import upsert
from chalicelib.customers.changes import Change, Outcome, settle
from chalicelib.customers.definitions import Definitions
from chalicelib.customers.known import Row
from chalicelib.customers.row_rules import Match, Mode, Rules
from chalicelib.kernel import ids
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Conflict, Forbidden, Invalid, RapportError
from chalicelib.kernel.http.batches import Batch, RowRepeated
from chalicelib.kernel.model import Model, Stored
from chalicelib.kernel.work import Work
from chalicelib.transfer.rows import read_row

MAX_ROWS = 100
TRIES = 3
"""How often a row is planned when others change what it is about."""


class NewBatch(Model):
    """Rows to create or add to. `match` names the one kind of identity that decides who is meant.

    Lists are added to, never replaced; an empty value erases a single-valued field only with `clear_empty`.
    """

    customers: Annotated[
        list[Any],
        Field(
            min_length=1,
            max_length=MAX_ROWS,
            description="Fields of a customer, as `POST /v1/customers` takes them.",
        ),
    ]
    mode: Mode = "upsert"
    match: Match | None = None
    clear_empty: bool = False


class RowResult(Stored):
    """What became of the row at this place. `param` is the field that rejects it."""

    index: int
    outcome: Outcome
    customer_id: str | None = None
    changed: list[str] = []
    code: str | None = None
    reason: str | None = None
    param: str | None = None
    candidates: list[str] = []

    @classmethod
    def of(cls, change: Change) -> Self:
        return cls(index=change.row, **change.model_dump(exclude={"row", "before", "after"}))


class BatchResult(Model):
    """In the order of the request."""

    results: list[RowResult]


def upsert_batch(batch: Batch, new: NewBatch) -> BatchResult:
    """Create or add to the customers of the rows; those done before under this key are answered as then."""
    prints = [_fingerprint(new, row) for row in new.customers]
    results = {row: _replayed(row, prints[row], item) for row, item in batch.recall(len(prints)).items()}
    definitions = customers.definitions()
    rows, rejected = _read(new.customers, definitions, skip=set(results))
    fresh = _Fresh(batch, new, rows, prints, definitions)
    changes = settle(rejected + fresh.plan(sorted(rows)), fresh.commit, fresh.again)
    results |= {change.row: RowResult.of(change) for change in changes} | fresh.replayed
    return BatchResult(results=[results[row] for row in range(len(prints))])


def _fingerprint(new: NewBatch, row: Any) -> str:
    asked = [new.mode, new.match, new.clear_empty, row]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _replayed(row: int, fingerprint: str, record: dict[str, Any]) -> RowResult:
    if record["fingerprint"] != fingerprint:
        error = Conflict("This Idempotency-Key was used for another row.", code="idempotency_key_reused")
        return RowResult.of(Change.rejected(row, error))
    return RowResult.model_validate({"index": row, **record["result"]}, strict=False)


def _read(
    given: list[Any], definitions: Definitions, *, skip: set[int]
) -> tuple[dict[int, Row], list[Change]]:
    """The rows that can be read, by number, and the outcome of the others."""
    rows: dict[int, Row] = {}
    rejected = []
    for number, fields in enumerate(given):
        if number in skip:
            continue
        try:
            if not isinstance(fields, dict):
                raise Invalid("A row is an object.", code="not_an_object")
            rows[number] = read_row(number, fields, settings().default_region, definitions)
        except RapportError as error:
            rejected.append(Change.rejected(number, error))
    return rows, rejected


class _Fresh:
    """The rows that were not done before, on their way into the table."""

    def __init__(
        self,
        batch: Batch,
        new: NewBatch,
        rows: dict[int, Row],
        prints: list[str],
        definitions: Definitions,
    ) -> None:
        self._batch = batch
        self._rows = rows
        self._prints = prints
        self._tries = 1
        self._rules = Rules(
            at=batch.now,
            name=lambda _: ids.new_id("cus", batch.now),
            definitions=definitions,
            mode=new.mode,
            match=new.match,
            clear_empty=new.clear_empty,
        )
        self.replayed: dict[int, RowResult] = {}

    def plan(self, numbers: list[int]) -> list[Change]:
        return upsert.plan([self._rows[number] for number in numbers], self._rules)

    def again(self, numbers: list[int]) -> list[Change]:
        self._tries += 1
        return self.plan(numbers) if self._tries <= TRIES else []

    def commit(self, changes: list[Change]) -> list[RapportError | None]:
        """Raises Forbidden when it is the caller who may not, whatever the row."""
        errors = self._batch.commit([self._work(change) for change in changes])
        for change, error in zip(changes, errors, strict=True):
            if isinstance(error, Forbidden):
                raise error
            if isinstance(error, RowRepeated):
                print_ = self._prints[change.row]
                self.replayed[change.row] = _replayed(change.row, print_, error.record)
        return errors

    def _work(self, change: Change) -> Work:
        work = self._batch.begin()
        upsert.fill(work, change)
        result = RowResult.of(change).model_dump(mode="json", exclude={"index"}, exclude_none=True)
        self._batch.remember(work, change.row, self._prints[change.row], result)
        return work
