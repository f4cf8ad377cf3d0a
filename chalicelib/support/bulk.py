"""One change of up to a hundred tickets, each with its own outcome."""

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from chalicelib.kernel.errors import Conflict, Forbidden, RapportError, Stale
from chalicelib.kernel.http.batches import Batch, RowRepeated
from chalicelib.kernel.model import Model, Stored, each_once
from chalicelib.kernel.work import Work
from chalicelib.support import service, store
from chalicelib.support.model import StoredTicket, retagged
from chalicelib.support.requests import TicketPatch
from chalicelib.support.states import Tags, TicketId

MAX_TICKETS = 100
TRIES = 3
"""How often a ticket is read again that others changed meanwhile."""


class BulkChange(Model):
    """What changes, and of which tickets; tags are added and taken away beside the change."""

    ticket_ids: Annotated[
        list[TicketId], Field(min_length=1, max_length=MAX_TICKETS), AfterValidator(each_once)
    ]
    change: TicketPatch = TicketPatch()
    add_tags: Tags = []
    remove_tags: Tags = []


class TicketResult(Stored):
    """What became of a ticket; `code` says why it was rejected."""

    ticket_id: str
    outcome: Literal["changed", "unchanged", "rejected"]
    version: int | None = None
    code: str | None = None
    reason: str | None = None


class BulkResult(Model):
    """In the order of the request."""

    results: list[TicketResult]


def change_all(batch: Batch, asked: BulkChange) -> BulkResult:
    """Change each ticket by itself; those done before under this key are answered as then."""
    return _Bulk(batch, asked).run()


class _Bulk:
    def __init__(self, batch: Batch, asked: BulkChange) -> None:
        self._batch, self._asked = batch, asked
        self._print = hashlib.sha256(asked.model_dump_json().encode()).hexdigest()
        self._results: dict[int, TicketResult] = {}

    def run(self) -> BulkResult:
        rows = range(len(self._asked.ticket_ids))
        for row, record in self._batch.recall(len(rows)).items():
            self._replay(row, record)
        pending = [row for row in rows if row not in self._results]
        # whoever is chosen depends on who was chosen before
        groups = [[row] for row in pending] if self._asked.change.assign else [pending]
        for group in groups:
            self._settle(group)
        return BulkResult(results=[self._results[row] for row in rows])

    def _settle(self, rows: Sequence[int]) -> None:
        pending = list(rows)
        for _ in range(TRIES):
            pending = self._attempt(pending)
        for row in pending:
            self._reject(row, Stale("Others keep changing this ticket."))

    def _attempt(self, rows: Sequence[int]) -> list[int]:
        """Change these; the rows of those that somebody else changed meanwhile. Raises Forbidden."""
        tickets = {one.id: one for one in store.get_many(self._asked.ticket_ids[row] for row in rows)}
        works: dict[int, Work] = {}
        for row in rows:
            work = self._batch.begin()
            try:
                self._results[row] = self._change(work, row, tickets.get(self._asked.ticket_ids[row]))
            except RapportError as error:
                self._reject(row, error)
            else:
                works[row] = work
        errors = dict(zip(works, self._batch.commit(list(works.values())), strict=True))
        for row, failed in errors.items():
            if failed is not None:
                self._fail(row, failed)
        return [row for row, failed in errors.items() if isinstance(failed, Stale)]

    def _fail(self, row: int, error: RapportError) -> None:
        """A ticket's change was not committed. Raises Forbidden when it is the caller who may not."""
        if isinstance(error, Forbidden):
            raise error
        if isinstance(error, RowRepeated):
            self._replay(row, error.record)
        else:
            self._reject(row, error)

    def _change(self, work: Work, row: int, ticket: StoredTicket | None) -> TicketResult:
        if ticket is None:
            raise store.no_such_ticket()
        given = service.given_by(work, ticket, self._asked.change)
        tags = retagged(given.get("tags", ticket.tags), self._asked.add_tags, self._asked.remove_tags)
        after = service.apply(work, ticket, given | {"tags": tags})
        outcome: Any = "unchanged" if after is ticket else "changed"
        result = TicketResult(ticket_id=ticket.id, outcome=outcome, version=after.version)
        if work.writes:
            self._batch.remember(work, row, self._print, result.model_dump(mode="json", exclude_none=True))
        return result

    def _reject(self, row: int, error: RapportError) -> None:
        ticket_id = self._asked.ticket_ids[row]
        self._results[row] = TicketResult(
            ticket_id=ticket_id, outcome="rejected", code=error.code, reason=error.detail
        )

    def _replay(self, row: int, record: dict[str, Any]) -> None:
        if record["fingerprint"] != self._print:
            used = Conflict("This Idempotency-Key was used otherwise.", code="idempotency_key_reused")
            self._reject(row, used)
        else:
            self._results[row] = TicketResult.model_validate(record["result"], strict=False)
