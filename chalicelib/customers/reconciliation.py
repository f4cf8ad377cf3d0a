"""What becomes of two customers' fields when they are merged. Pure rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from chalicelib.customers.merge_model import (
    LISTS,
    MAPS,
    PLAIN,
    Change,
    Difference,
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
    given |= {"version": above(survivor, merged), "updated_at": at}
    after = survivor.model_copy(update=given)
    after.check_bounds()
    return after


def above(*customers: Customer) -> int:
    """A version that none of these customers had."""
    return max(customer.version for customer in customers) + 1


def pointing(merged: Profile, survivor_id: str, changes: list[Change], *, at: datetime) -> Profile:
    """The merged customer, who is as before but points to the survivor."""
    merge = Merge(survivor_id=survivor_id, at=at, changes=changes)
    update = {"merged_into": survivor_id, "merge": merge, "version": merged.version + 1}
    return merged.model_copy(update=update)
