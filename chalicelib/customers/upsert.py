"""Upserts: many rows of what is known about people, each found by its identities, created or added to.

Planning reads what the rows name, all at once, and decides row by row; a later row sees what an earlier one
is going to do. Carrying out makes one Work of each change. Who calls decides how the Works are committed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chalicelib.access import service as access
from chalicelib.customers import fields as custom_fields
from chalicelib.customers import store
from chalicelib.customers.adding import added_to
from chalicelib.customers.changes import Change
from chalicelib.customers.events import CustomerDeleted, CustomerRegistered, CustomerUpdated
from chalicelib.customers.keys import partition
from chalicelib.customers.known import Earlier, Known, Row
from chalicelib.customers.model import Customer, NewCustomer
from chalicelib.customers.row_rules import Rules
from chalicelib.kernel.errors import Conflict, Invalid, NotFound, RapportError
from chalicelib.kernel.events import changes
from chalicelib.kernel.work import Work


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
        after = added_to(before, row, known, rules)
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
        partition(event.customer_id), event, customer_id=event.customer_id, private=private, once=once
    )
