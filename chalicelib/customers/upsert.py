"""Upserts: many rows of what is known about people, each found by its identities, created or added to.

Planning reads what the rows name, all at once, and decides row by row; a later row sees what an earlier one
is going to do. Carrying out makes one Work of each change. Who calls decides how the Works are committed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from chalicelib.access import service as access
from chalicelib.customers import fields as custom_fields
from chalicelib.customers import store
from chalicelib.customers.changes import Change
from chalicelib.customers.definitions import Definitions
from chalicelib.customers.events import CustomerDeleted, CustomerRegistered, CustomerUpdated
from chalicelib.customers.identity import MAX_OF_A_KIND, Identity
from chalicelib.customers.known import Earlier, Known, Row
from chalicelib.customers.model import Customer, NewCustomer, Stage
from chalicelib.kernel.errors import Conflict, Invalid, NotFound, RapportError
from chalicelib.kernel.events import changes
from chalicelib.kernel.work import Work

Mode = Literal["create", "update", "upsert"]
Match = Literal["email", "phone", "external_id", "handle"]

LISTS = {"emails": MAX_OF_A_KIND, "phones": MAX_OF_A_KIND, "handles": MAX_OF_A_KIND, "tags": 50}
"""Fields that a row adds to, and how much each may hold; all but the tags tell who somebody is."""
MAPS = ("external_ids", "custom")


@dataclass(frozen=True)
class Rules:
    """How rows are taken. `match` names the one kind of identity that decides who is meant; None: all do.

    `clear_empty` lets an empty value erase a single-valued field. `name` gives the id of whom a row creates.
    `definitions` say which custom fields are required; what the rows say of them is checked already.
    """

    at: datetime
    name: Callable[[int], str]
    definitions: Definitions
    mode: Mode = "upsert"
    match: Match | None = None
    clear_empty: bool = False
    stage: Stage = "lead"
    """Of whom is created by a row that names none."""

    def decides(self, identity: Identity) -> bool:
        kind = "external_id" if identity.kind == "external" else identity.kind
        return self.match in (None, kind)


def plan(rows: Sequence[Row], rules: Rules, earlier: Earlier | None = None) -> list[Change]:
    """What is to be done for each row, in their order: two batches of calls for all of them.

    One more each for the staff and the organisations that the rows name. `earlier` knows whom rows before
    these were going to make or change.
    """
    known = Known(rows, earlier)
    return [known.note(_plan_row(row, known, rules)) for row in rows]


def _plan_row(row: Row, known: Known, rules: Rules) -> Change:
    try:
        before = _meant(row, known, rules)
        if before is None:
            after = _created(row, rules)
            known.require_named(None, after)
            return Change(row=row.number, outcome="created", customer_id=after.id, after=after)
        after = _added_to(before, row, known, rules)
        known.require_named(before, after)
        changed = after.changes_from(before) if after is not before else []
        outcome: Any = "updated" if changed else "unchanged"
        return Change(
            row=row.number,
            outcome=outcome,
            customer_id=before.id,
            changed=changed,
            before=before if changed else None,
            after=after if changed else None,
        )
    except RapportError as error:
        return Change.rejected(row.number, error)


def _meant(row: Row, known: Known, rules: Rules) -> Customer | None:
    """Whom a row is about; None for somebody new. Raises what rejects the row."""
    held = [(identity, known.holder(identity)) for identity in row.identities]
    found = {holder.id: holder for _, holder in held if holder}
    if len(found) > 1:
        raise Conflict(
            "The row's identities belong to different customers.", code="ambiguous", candidates=sorted(found)
        )
    deciding = [holder for identity, holder in held if rules.decides(identity)]
    if rules.match and not deciding:
        raise Invalid("The row lacks what it is to be found by.", code="no_match_key")
    if found and not any(deciding):
        [taken] = found
        raise Conflict("An identity belongs to another customer.", code="identity_taken", customer_id=taken)
    if found and rules.mode == "create":
        [exists] = found
        raise Conflict("This customer exists.", code="exists", customer_id=exists)
    if not found and rules.mode == "update":
        raise NotFound("No customer has this identity.", code="not_found")
    return next(iter(found.values()), None)


def _created(row: Row, rules: Rules) -> Customer:
    """Whom the row makes known; empty values say nothing."""
    if not (row.new.name or row.identities):
        raise Invalid("A customer needs a name or a way to be recognised.", code="nothing_to_know_by")
    fields = {name: getattr(row.new, name) for name in NewCustomer.model_fields}
    fields["custom"] = {name: value for name, value in row.new.custom.items() if value != ""}
    custom_fields.require_complete(fields["custom"], rules.definitions)
    if "stage" not in row.new.model_fields_set:
        fields["stage"] = rules.stage
    identifier = rules.name(row.number)
    return Customer(id=identifier, version=1, created_at=rules.at, updated_at=rules.at, **fields)


def _added_to(before: Customer, row: Row, known: Known, rules: Rules) -> Customer:
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


def fill(work: Work, change: Change, once: tuple[str, ...] = ()) -> None:
    """Put a change and its event into a Work; nothing for one that changes nothing.

    With `once`, the event is the change's track: done again, from a Work of the same time, it is Repeated.
    """
    before, after = change.before, change.after
    event: CustomerRegistered | CustomerUpdated | CustomerDeleted
    private = None
    if after is not None and after.owner and (before is None or before.owner != after.owner):
        access.require_staff(work, after.owner, "owner")
    if after is not None and before is None:
        store.add(work, after)
        event = CustomerRegistered(customer_id=after.id, stage=after.stage)
    elif after is not None and before is not None:
        store.replace(work, before, after)
        event = CustomerUpdated(customer_id=after.id, customer_version=after.version, changed=change.changed)
        private = changes(before, after, change.changed)
    elif before is not None:
        store.remove(work, before)
        event = CustomerDeleted(customer_id=before.id, merged_ids=before.merged_ids)
    else:
        return
    work.record(
        store.partition(event.customer_id), event, customer_id=event.customer_id, private=private, once=once
    )
