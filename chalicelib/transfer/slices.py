"""One slice of a job: planned, the plan kept, carried out, its outcomes kept. Repeated, it changes nothing.

The plan lies in S3 before its first row is written, so that a repeat follows it instead of making another.
Each change's event has an id that follows from the job and the row: what was done already is told by it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from chalicelib.customers.burial import require_not_buried
from chalicelib.customers.changes import Change, settle
from chalicelib.customers.upsert import fill
from chalicelib.kernel.commit import commit_all
from chalicelib.kernel.errors import RapportError, Stale, Unavailable
from chalicelib.kernel.principals import Principal
from chalicelib.kernel.work import Work
from chalicelib.transfer import import_store as store
from chalicelib.transfer.import_model import Import

LANES = 4
"""Transactions of a slice at the same time."""
TRIES = 3
"""How often a row is planned when others change what it is about."""

PAUSES = (0.5, 1, 2, 4, 8)
"""Seconds to wait while the table is busy, as a new one is until it has grown to the rate of an import."""

Plan = Callable[[list[int]], list[Change]]
Tell = Callable[[Change], Change]


class Slice:
    """The slice `number` of an import or of its undoing; `at` is the time of its changes.

    `end` is the byte of the file after which the next slice begins; undoing reads no file.
    """

    def __init__(self, job: Import, kind: store.Kind, number: int, at: datetime, end: int = 0) -> None:
        self._job = job
        self._id = job.id
        self._kind: store.Kind = kind
        self._number = number
        self._at = at
        self._end = end
        self._is_repeat = False

    def take(self, rows: list[int], plan: Plan, told: Tell = lambda change: change) -> list[Change]:
        """Plan these rows, unless they were planned before, and carry the plan out; their outcomes as told.

        Raises Stale when they were planned as a slice that ends elsewhere: read it anew, to that end.
        """
        found, attempts = self._planned()
        self._is_repeat = bool(found)

        def again(pending: list[int]) -> list[Change]:
            nonlocal attempts
            attempts += 1
            return self._keep(attempts - 1, plan(pending)) if attempts <= TRIES else []

        changes = [told(change) for change in settle(found or again(rows), self._carry_out, again)]
        store.put_part(self._id, self._kind, self._number, changes)
        return changes

    def _keep(self, attempt: int, changes: list[Change]) -> list[Change]:
        plan = store.Plan(end=self._end, changes=changes)
        return self._fits(store.keep_plan(self._id, self._kind, self._number, attempt, plan))

    def _fits(self, plan: store.Plan) -> list[Change]:
        """The changes of a plan of this slice: another release may have made slices of other sizes."""
        if plan.end != self._end:
            raise Stale("The slice was planned with another end.")
        return plan.changes

    def _planned(self) -> tuple[list[Change], int]:
        """What an interrupted run had planned, the latest plan of each row, and in how many attempts."""
        latest: dict[int, Change] = {}
        attempts = 0
        while plan := store.find_plan(self._id, self._kind, self._number, attempts):
            latest |= {change.row: change for change in self._fits(plan)}
            attempts += 1
        return list(latest.values()), attempts

    def _carry_out(self, changes: list[Change]) -> list[RapportError | None]:
        """Commit the changes in lanes. Those of one customer are in one lane, in their order."""
        lanes: list[list[Change]] = [[] for _ in range(LANES)]
        lane_of: dict[str | None, int] = {}
        for change in changes:
            if change.writes:
                lanes[lane_of.setdefault(change.customer_id, len(lane_of) % LANES)].append(change)
        errors: dict[int, RapportError | None] = {}
        with ThreadPoolExecutor(LANES) as pool:
            for part in pool.map(self._commit, lanes):
                errors |= part
        return [errors.get(change.row) for change in changes]

    def _commit(self, changes: list[Change]) -> dict[int, RapportError | None]:
        errors = commit_patiently([self._work(change) for change in changes])
        return dict(zip((change.row for change in changes), errors, strict=True))

    def _work(self, change: Change) -> Work:
        """The Work of a change.

        Undoing leaves who is being erased to that, which suppresses what it frees; and a repeat makes nobody
        again who was erased since, with the event that would tell that they were made.
        """
        work = begin(self._job, self._at)
        if (self._kind == "undo" or self._is_repeat) and change.customer_id is not None:
            require_not_buried(work, change.customer_id)
        fill(work, change, once=(self._id, self._kind, str(change.row)))
        return work


def begin(job: Import, at: datetime) -> Work:
    """An empty Work of this job, in the name of who started it."""
    assert job.started_by is not None
    principal = Principal(job.started_by.id, actor=job.started_by.actor)
    return Work(now=at, principal=principal, bulk=True)


def commit_patiently(works: list[Work]) -> list[RapportError | None]:
    """Commit Works; while the table is busy, wait and go on: what was done meanwhile fails as a repeat."""
    for pause in PAUSES:
        try:
            return commit_all(works)
        except Unavailable:
            time.sleep(random.uniform(pause / 2, pause))  # noqa: S311 - jitter, not a secret
    return commit_all(works)
