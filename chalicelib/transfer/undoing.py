"""Undoing an import: what it created is deleted, what it changed gets its old value back.

Only what is still as the import left it; what somebody changed since stays, and is reported as left.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from chalicelib.customers import lists
from chalicelib.customers import store as customers
from chalicelib.customers.changes import Change
from chalicelib.customers.model import Customer
from chalicelib.customers.upsert import LISTS, MAPS
from chalicelib.kernel.errors import RapportError
from chalicelib.transfer import import_store as store
from chalicelib.transfer.import_model import Import
from chalicelib.transfer.progress import progress_of
from chalicelib.transfer.slices import LANES, Slice

LEFT = {
    "gone": "The customer is not there any more.",
    "merged": "The customer was merged.",
    "changed_since": "What the import wrote was changed since.",
    "contacted_since": "There were contacts since.",
    "opt_out_stays": "The consent that it took back stays so.",
}
"""Why something stays as it is."""
BOOKKEEPING = {"version", "updated_at"}


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
    wanted = list(dict.fromkeys(change.customer_id for change in done if change.customer_id))
    now: dict[str, Customer] = {}
    with ThreadPoolExecutor(LANES) as pool:
        hundreds = [wanted[start : start + 100] for start in range(0, len(wanted), 100)]
        for part in pool.map(customers.get_many, hundreds):
            now |= part
        created = [
            change.customer_id
            for change in done
            if change.writes and change.before is None and change.customer_id in now
        ]
        contacted = dict(zip(created, pool.map(lists.has_contacts, map(str, created)), strict=True))
    planned = []
    for change in done:
        assert change.customer_id is not None
        back = _back(change, now.get(change.customer_id), bool(contacted.get(change.customer_id)), at)
        planned.append(back)
        if back.after is not None:
            now[change.customer_id] = back.after
    return planned


def _back(change: Change, now: Customer | None, contacted: bool, at: datetime) -> Change:
    if now is None:
        return _left(change, "gone")
    if not change.writes:
        return _left(change, "opt_out_stays")
    if now.merged_into or now.merged_ids:
        return _left(change, "merged")
    if change.before is not None:
        return _reverted(change, now, at)
    if now.model_dump(exclude=BOOKKEEPING) != _as_left(change):
        return _left(change, "changed_since")
    if contacted:
        return _left(change, "contacted_since")
    return Change(row=change.row, outcome="deleted", customer_id=now.id, before=now)


def _as_left(change: Change) -> dict[str, Any]:
    assert change.after is not None
    return change.after.model_dump(exclude=BOOKKEEPING)


def _left(change: Change, code: str) -> Change:
    return Change(
        row=change.row, outcome="left", customer_id=change.customer_id, code=code, reason=LEFT[code]
    )


def _reverted(change: Change, now: Customer, at: datetime) -> Change:
    """The old values of the fields that the row changed, where nobody changed them since."""
    assert change.before is not None
    assert change.after is not None
    old: dict[str, Any] = {}
    kept = []
    for name in change.changed:
        values = [getattr(one, name) for one in (change.before, change.after, now)]
        old[name] = _old_value(name, *values)
        if old[name] == values[2]:
            kept.append(name)
    back = now.model_copy(update=old)
    changed = back.changes_from(now)
    if not changed:
        return _left(change, "changed_since")
    try:
        back.check_bounds()
    except RapportError as error:
        return Change.rejected(change.row, error).model_copy(update={"customer_id": now.id})
    return Change(
        row=change.row,
        outcome="reverted",
        customer_id=now.id,
        changed=changed,
        code="changed_since" if kept else None,
        reason=f"Changed since, and left: {', '.join(kept)}." if kept else None,
        before=now,
        after=back.model_copy(update={"version": now.version + 1, "updated_at": at}),
    )


def _old_value(name: str, before: Any, after: Any, now: Any) -> Any:
    """The field without what the row did to it: of lists what it added, of maps each member it set."""
    if now == after:
        return before
    if name in LISTS:
        return [one for one in now if one in before or one not in after]
    if name in MAPS:
        return _old_map(before, after, now)
    return now


def _old_map(before: dict[str, Any], after: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    old = dict(now)
    for key in before.keys() | after.keys():
        was, became = before.get(key), after.get(key)
        if was != became and now.get(key) == became:
            old.pop(key, None)
            if was is not None:
                old[key] = was
    return old
