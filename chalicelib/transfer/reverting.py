"""How one change of an import is taken back, beside what became of the customer since. Pure rules."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.customers.adding import LISTS, MAPS
from chalicelib.customers.changes import Change
from chalicelib.customers.model import Customer
from chalicelib.kernel.errors import RapportError

LEFT = {
    "gone": "The customer is not there any more.",
    "merged": "The customer was merged.",
    "changed_since": "What the import wrote was changed since.",
    "contacted_since": "There were contacts since.",
    "opt_out_stays": "The consent that it took back stays so.",
}
"""Why something stays as it is."""
BOOKKEEPING = {"version", "updated_at"}
MEMBERSHIP = ("organisation_id", "organisation_role")


class Present(NamedTuple):
    """Of the organisations and the owners that old values name, those that are still there."""

    organisations: frozenset[str]
    owners: frozenset[str]


def taken_back(
    change: Change, now: Customer | None, contacted: bool, present: Present, at: datetime
) -> Change:
    """What is to be done about a change of a customer, as they are `now`; `contacted`: if we were since."""
    if now is None:
        return _left(change, "gone")
    if not change.writes:
        return _left(change, "opt_out_stays")
    if now.merged_into or now.merged_ids:
        return _left(change, "merged")
    if change.before is not None:
        return _reverted(change, now, present, at)
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


def _reverted(change: Change, now: Customer, present: Present, at: datetime) -> Change:
    """The old values of the fields that the row changed, where nobody changed them since."""
    old = _old_values(change, now)
    for name in _lost(old, now, present):
        old[name] = getattr(now, name)
    kept = [name for name, value in old.items() if value == getattr(now, name)]
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


def _old_values(change: Change, now: Customer) -> dict[str, Any]:
    return {
        name: _old_value(name, *(getattr(one, name) for one in (change.before, change.after, now)))
        for name in change.changed
    }


def _lost(old: dict[str, Any], now: Customer, present: Present) -> list[str]:
    """The fields that cannot have their old value again, as nobody and nothing is there by that id."""
    organisation, owner = old.get("organisation_id"), old.get("owner")
    lost = []
    if organisation not in (None, now.organisation_id) and organisation not in present.organisations:
        lost += [name for name in MEMBERSHIP if name in old]
    if owner not in (None, now.owner) and owner not in present.owners:
        lost.append("owner")
    return lost


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
