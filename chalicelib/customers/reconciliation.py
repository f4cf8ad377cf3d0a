"""What becomes of two customers' fields when they are merged, and when that is undone. Pure rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.customers.identity import Identity
from chalicelib.customers.merge_model import (
    LISTS,
    MAPS,
    PLAIN,
    Change,
    Difference,
    Left,
    Merge,
    Profile,
    Side,
)
from chalicelib.customers.model import Customer
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.model import each_once

STAGES = ("lead", "prospect", "former", "customer")
"""The less far first: who is a customer under one id is one, and who was one is more than a prospect."""


def compare(survivor: Customer, merged: Customer, choices: Mapping[str, Side]) -> list[Difference]:
    """Field by field what both have and what the survivor would have; what neither has is left out.

    Raises Invalid for a choice of a custom field that neither has.
    """
    keys = [f"{name}.{key}" for name in MAPS for key in _keys(name, survivor, merged)]
    for name in sorted(set(choices) - {*PLAIN, *LISTS, *keys}):
        raise Invalid.in_body(f"choices.{name}", "neither customer has this field", "unknown_field")
    found = [_difference(survivor, merged, choices, field) for field in (*PLAIN, *LISTS, *keys)]
    return [one for one in found if one.survivor or one.merged or one.field.startswith(MAPS)]


def _keys(name: str, *customers: Customer) -> list[str]:
    return sorted({key for customer in customers for key in getattr(customer, name)})


def _difference(ours: Customer, theirs: Customer, choices: Mapping[str, Side], field: str) -> Difference:
    survivor, merged = value_of(ours, field), value_of(theirs, field)
    side = choices.get(field)
    if field in LISTS:
        proposed: Any = _list(field, survivor, merged, side)
    elif side is None:
        proposed = _proposed(field, ours, theirs, choices)
    else:
        proposed = survivor if side == "survivor" else merged
    conflict = field not in LISTS and None not in (survivor, merged) and survivor != merged
    return Difference(field=field, survivor=survivor, merged=merged, proposed=proposed, conflict=conflict)


def _list(field: str, survivor: list[str], merged: list[str], side: Side | None) -> list[str]:
    """Both sides' values, the chosen one's first; of tags only the chosen one's, if one was chosen."""
    first, second = (merged, survivor) if side == "merged" else (survivor, merged)
    return first if field == "tags" and side else each_once(first + second)


def _proposed(field: str, ours: Customer, theirs: Customer, choices: Mapping[str, Side]) -> Any:
    survivor, merged = value_of(ours, field), value_of(theirs, field)
    if field == "stage":
        return max(survivor, merged, key=STAGES.index)
    if field == "organisation_role":
        return _role(ours, theirs, choices.get("organisation_id"))
    return survivor if survivor is not None else merged


def _role(ours: Customer, theirs: Customer, chosen: Side | None) -> str | None:
    """A role is one in an organisation: it comes with that, and from both when that is the same."""
    if ours.organisation_id == theirs.organisation_id:
        return ours.organisation_role or theirs.organisation_role
    from_them = chosen == "merged" if chosen else ours.organisation_id is None
    return theirs.organisation_role if from_them else ours.organisation_role


def value_of(customer: Customer, field: str) -> Any:
    """A field's value; `custom.size` is one of a map."""
    name, dot, key = field.partition(".")
    value = getattr(customer, name)
    return value.get(key) if dot else value


def with_values(customer: Customer, values: Mapping[str, Any]) -> dict[str, Any]:
    """The customer's fields that these values change; None removes a member of a map."""
    given: dict[str, Any] = {}
    for field, value in values.items():
        name, dot, key = field.partition(".")
        if not dot:
            given[name] = value
            continue
        members = given.setdefault(name, dict(getattr(customer, name)))
        members.pop(key, None)
        if value is not None:
            members[key] = value
    return given


def changes_of(differences: Iterable[Difference]) -> list[Change]:
    """What the survivor's fields become, of those that change."""
    return [
        Change(field=one.field, before=one.survivor, after=one.proposed)
        for one in differences
        if one.survivor != one.proposed
    ]


def joined(survivor: Profile, merged: Customer, changes: Iterable[Change], *, at: datetime) -> Profile:
    """The survivor after the merge. Raises Invalid when it holds more than a customer may.

    Its version is above both: under the merged id's URL, too, an ETag from before means nothing any more.
    """
    given = with_values(survivor, {change.field: change.after for change in changes})
    given["merged_ids"] = [*survivor.merged_ids, merged.id, *merged.merged_ids]
    given |= {"version": _above(survivor, merged), "updated_at": at}
    after = survivor.model_copy(update=given)
    after.check_bounds()
    return after


def _above(*customers: Customer) -> int:
    return max(customer.version for customer in customers) + 1


def pointing(merged: Profile, survivor_id: str, changes: list[Change], *, at: datetime) -> Profile:
    """The merged customer, who is as before but points to the survivor."""
    merge = Merge(survivor_id=survivor_id, at=at, changes=changes)
    update = {"merged_into": survivor_id, "merge": merge, "version": merged.version + 1}
    return merged.model_copy(update=update)


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
    given |= {"merged_into": None, "merge": None, "version": _above(survivor, merged), "updated_at": at}
    return merged.model_copy(update=given), left


def identity_values(customer: Customer) -> list[tuple[str, str]]:
    """Every identity's field and value, as they are kept."""
    lists = [(field, value) for field in LISTS if field != "tags" for value in getattr(customer, field)]
    return lists + [(f"external_ids.{source}", value) for source, value in customer.external_ids.items()]


def _identity(field: str, value: str) -> Identity:
    name, _, source = field.partition(".")
    return Identity.of_external(source, value) if source else Identity.in_list(name, value)
