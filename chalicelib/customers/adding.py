"""What a row adds to a customer whom it is found to be about."""

from __future__ import annotations

from typing import Any

from chalicelib.customers import fields as custom_fields
from chalicelib.customers.identity import MAX_OF_A_KIND, Identity
from chalicelib.customers.known import Known, Row
from chalicelib.customers.model import Customer
from chalicelib.customers.row_rules import Rules
from chalicelib.kernel.errors import Conflict, Invalid

LISTS = {"emails": MAX_OF_A_KIND, "phones": MAX_OF_A_KIND, "handles": MAX_OF_A_KIND, "tags": 50}
"""Fields that a row adds to, and how much each may hold; all but the tags tell who somebody is."""
MAPS = ("external_ids", "custom")


def added_to(before: Customer, row: Row, known: Known, rules: Rules) -> Customer:
    """The customer with what the row adds, one version on; the same object when that is nothing."""
    after: dict[str, Any] = {}
    for name in row.new.model_fields_set:
        held, given = getattr(before, name), getattr(row.new, name)
        if name in LISTS:
            after[name] = _longer(name, held, given, known)
        elif name in MAPS:
            after[name] = _fuller(name, held, given, known, rules)
        elif given not in (None, "") or rules.clear_empty:
            after[name] = given or None
    if all(getattr(before, name) == value for name, value in after.items()):
        return before
    if after.get("organisation_id", before.organisation_id) != before.organisation_id:
        after.setdefault("organisation_role", None)  # what they are there, the row does not say
    changed = before.model_copy(update=after | {"version": before.version + 1, "updated_at": rules.at})
    changed.check_bounds()
    if changed.custom != before.custom:
        custom_fields.require_complete(changed.custom, rules.definitions)
    return changed


def _longer(name: str, held: list[str], given: list[str], known: Known) -> list[str]:
    """A list and what is new to it. An identity that somebody holds is this customer's own already."""
    if name == "tags":
        fresh = [one for one in given if one not in held]
    else:
        fresh = [one for one in given if known.holder(Identity.in_list(name, one)) is None]
    if len(held) + len(fresh) > LISTS[name]:
        raise Invalid.in_body(name, f"holds {LISTS[name]} at most", "too_many")
    return [*held, *dict.fromkeys(fresh)]


def _fuller(
    name: str, held: dict[str, Any], given: dict[str, Any], known: Known, rules: Rules
) -> dict[str, Any]:
    """A map with what is given; an external id of a source that the customer has another of is refused."""
    if name == "external_ids":
        return _with_external_ids(held, given, known)
    kept = {key: value for key, value in given.items() if value != ""}
    cleared = {key for key in given if key not in kept} if rules.clear_empty else set()
    return {key: value for key, value in (held | kept).items() if key not in cleared}


def _with_external_ids(held: dict[str, str], given: dict[str, str], known: Known) -> dict[str, str]:
    """What is new to them. One that somebody holds is theirs already, or of whom was merged into them."""
    pairs = given.items()
    fresh = {
        source: value for source, value in pairs if not known.holder(Identity.of_external(source, value))
    }
    if not fresh.keys().isdisjoint(held):
        raise Conflict("The customer has another external id of this source.", code="other_external_id")
    return held | fresh
