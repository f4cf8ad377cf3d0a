"""Undoing an import: what it created is deleted, what it changed gets its old value back.

Only what is still as the import left it; what somebody changed since stays, and is reported as left.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from chalicelib.access import service as access
from chalicelib.customers import lists
from chalicelib.customers import service as customers
from chalicelib.customers.changes import Change
from chalicelib.customers.model import Customer
from chalicelib.kernel.model import each_once
from chalicelib.organisations import service as organisations
from chalicelib.transfer import import_store as store
from chalicelib.transfer.import_model import Import
from chalicelib.transfer.progress import progress_of
from chalicelib.transfer.reverting import LEFT, Present, taken_back
from chalicelib.transfer.slices import LANES, Slice


def undo_slice(job: Import, number: int) -> list[Change]:
    """Undo what slice `number` of the import did; the outcomes of its rows that had changed something."""
    progress = progress_of(job)
    part = store.get_part(job.id, "import", number)
    done = {change.row: change for change in part if change.writes or change.opted_out}

    def plan(rows: list[int]) -> list[Change]:
        return _plan([done[row] for row in sorted(rows, reverse=True)], progress.slice_at)

    def told(change: Change) -> Change:
        return _told(change, done[change.row])

    return Slice(job, "undo", progress.slices, progress.slice_at).take(sorted(done), plan, told)


def _told(change: Change, done: Change) -> Change:
    """The outcome: what cannot be taken back is left; so is consent, unless the customer is gone."""
    if change.outcome == "rejected":
        change = change.model_copy(update={"outcome": "left", "customer_id": done.customer_id})
    if not done.opted_out or change.outcome == "deleted":
        return change
    reasons = change.reason, None if change.code == "opt_out_stays" else LEFT["opt_out_stays"]
    update = {"opted_out": True, "code": change.code or "opt_out_stays"}
    return change.model_copy(update=update | {"reason": " ".join(filter(None, reasons))})


def _plan(done: list[Change], at: datetime) -> list[Change]:
    """How each change is taken back, the last one first; each sees what the ones before it take back."""
    wanted = each_once([change.customer_id for change in done if change.customer_id])
    now = customers.get_many(wanted)
    contacted = _contacted(done, now)
    present = _present([change.before for change in done if change.before is not None])
    planned = []
    for change in done:
        assert change.customer_id is not None
        customer_id = change.customer_id
        back = taken_back(change, now.get(customer_id), customer_id in contacted, present, at)
        planned.append(back)
        if back.after is not None:
            now[customer_id] = back.after
    return planned


def _contacted(done: Sequence[Change], now: dict[str, Customer]) -> set[str]:
    """Those whom the import created and with whom there was anything since: a call for each created."""
    created = [one.customer_id for one in done if one.writes and one.before is None]
    there = [customer_id for customer_id in created if customer_id in now]
    with ThreadPoolExecutor(LANES) as pool:
        contacts = pool.map(lists.has_contacts, map(str, there))
        return {str(one) for one, contacted in zip(there, contacts, strict=True) if contacted}


def _present(before: Sequence[Customer]) -> Present:
    """Which of the organisations and owners that they had are still there: a call each for a hundred."""
    named = each_once([one.organisation_id for one in before if one.organisation_id])
    owners = each_once([one.owner for one in before if one.owner])
    return Present(
        organisations=frozenset(organisations.get_many(named)),
        owners=frozenset(access.active_staff(owners)),
    )
