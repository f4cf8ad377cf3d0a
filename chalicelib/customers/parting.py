"""What becomes of two customers' fields when their merge is undone. Pure rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from chalicelib.customers.identity import Identity
from chalicelib.customers.merge_model import LISTS, Change, Left, Profile
from chalicelib.customers.model import Customer
from chalicelib.customers.reconciliation import above, value_of, with_values
from chalicelib.kernel.model import each_once


def parted(
    survivor: Profile, merged: Profile, owned: Collection[Identity], *, at: datetime
) -> tuple[Profile, list[Left]]:
    """The survivor after the undo, and what of it was left.

    `owned` are the identities that are still the merged one's, by which all others stay where they are.
    """
    changes = merged.merge.changes if merged.merge else []
    values: dict[str, Any] = {}
    left: list[Left] = []
    for change in changes:
        current = value_of(survivor, change.field)
        if change.field in LISTS:
            values[change.field] = _list_undone(change, current, owned)
        elif change.field.startswith("external_ids.") and _identity(change.field, change.after) not in owned:
            continue
        elif current == change.after:
            values[change.field] = change.before
        else:
            left.append(Left(field=change.field, reason="changed"))
    ids = [one for one in survivor.merged_ids if one not in {merged.id, *merged.merged_ids}]
    given = with_values(survivor, values) | {
        "merged_ids": ids,
        "version": survivor.version + 1,
        "updated_at": at,
    }
    after = survivor.model_copy(update=given)
    after.check_bounds()
    return after, left


def _list_undone(change: Change, current: list[str], owned: Collection[Identity]) -> list[str]:
    """The list without what the merge brought and with what it took; what others changed since stays."""

    def came_with_it(value: str) -> bool:
        if value in change.before or value not in change.after:
            return False
        return change.field == "tags" or _identity(change.field, value) in owned

    kept = [value for value in current if not came_with_it(value)]
    if current == change.after and set(kept) <= set(change.before):
        return list(change.before)
    return each_once(kept + [value for value in change.before if value not in change.after])


def restored(
    survivor: Profile, merged: Profile, holders: Mapping[Identity, str], *, at: datetime
) -> tuple[Profile, list[Left]]:
    """The merged customer as they were, less the identities that are not theirs any more, which are named.

    `survivor` is as before the undo; the version is above its, since the merged id answered with that.
    """
    own = {merged.id, *merged.merged_ids}
    values: dict[str, Any] = {}
    left: list[Left] = []
    for field, value in identity_values(merged):
        holder = holders.get(_identity(field, value))
        if holder in own:
            continue
        reason: Any = (
            "removed"
            if holder is None
            else "kept"
            if holder in {survivor.id, *survivor.merged_ids}
            else "taken"
        )
        left.append(Left(field=field, reason=reason, value=value))
        if "." in field:
            values[field] = None
        else:
            values[field] = [one for one in values.get(field, value_of(merged, field)) if one != value]
    given = with_values(merged, values)
    given |= {"merged_into": None, "merge": None, "version": above(survivor, merged), "updated_at": at}
    return merged.model_copy(update=given), left


def identity_values(customer: Customer) -> list[tuple[str, str]]:
    """Every identity's field and value, as they are kept."""
    lists = [(field, value) for field in LISTS if field != "tags" for value in getattr(customer, field)]
    return lists + [(f"external_ids.{source}", value) for source, value in customer.external_ids.items()]


def _identity(field: str, value: str) -> Identity:
    name, _, source = field.partition(".")
    return Identity.of_external(source, value) if source else Identity.in_list(name, value)
