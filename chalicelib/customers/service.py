"""What can be done with customers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from boto3.dynamodb.conditions import ConditionBase

from chalicelib.access import service as access
from chalicelib.customers import defining, fields, keys, lists, store
from chalicelib.customers.definitions import Definitions
from chalicelib.customers.events import CustomerRegistered, CustomerUpdated
from chalicelib.customers.model import Customer, CustomerPatch, NewCustomer, Stage
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import RapportError, Stale
from chalicelib.kernel.events import changes
from chalicelib.kernel.pages import ALL, Bounds, Slice
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work

PROFILE = keys.PROFILE


def register(work: Work, new: NewCustomer) -> Customer:
    """Register a customer. Raises Invalid; fails with Conflict `identity_taken`, naming the holder."""
    custom = fields.check(new.custom, definitions(), complete=True)
    new = new.model_copy(update={"custom": custom})
    customer = Customer.register(new, at=work.now, region=settings().default_region)
    if customer.owner:
        access.require_staff(work, customer.owner, "owner")
    store.add(work, customer)
    _record_registered(work, customer)
    return customer


def register_lead(work: Work, address: str, name: str = "", **told: Any) -> Customer:
    """Register somebody of whom we know only an e-mail address, in the work of what made them known.

    `name` is what they call themselves, `told` are fields of theirs that follow from how they got known.

    Raises Invalid for those; fails with Stale when the address got a holder meanwhile: recognise it again.
    """
    custom = fields.check(told.get("custom", {}), definitions(), complete=False) if "custom" in told else {}
    known = {"name": name[:200].strip() or None, "emails": [address], **told, "custom": custom}
    new = NewCustomer.model_validate(known)
    lead = Customer.register(new, at=work.now, region=settings().default_region)
    store.add(work, lead, taken=Stale("Somebody else registered this address meanwhile."))
    _record_registered(work, lead)
    return lead


def _record_registered(work: Work, customer: Customer) -> None:
    event = CustomerRegistered(customer_id=customer.id, stage=customer.stage)
    work.record(partition(customer.id), event, customer_id=customer.id)


def get(customer_id: str) -> Customer:
    """One customer, or whom they were merged into: one call, two when merged. Raises NotFound."""
    return store.get(customer_id)


def group_of(customer_id: str) -> list[str]:
    """The ids under which things of this customer lie, the profile's first: one call, two for a merged id.

    Whoever lists what belongs to a customer asks for each of them. An id that nobody has stands for itself.
    """
    return store.group_of(customer_id)


def change(work: Work, customer_id: str, patch: CustomerPatch) -> Customer:
    """Apply a merge patch. Raises NotFound, Stale, Invalid; fails with Conflict `identity_taken`."""
    before = store.get(customer_id)
    work.check_version(before.version)
    return apply(work, before, patch)


def apply(work: Work, before: Customer, patch: CustomerPatch) -> Customer:
    """Apply a patch to what was read of a customer. Raises and fails like `change`."""
    if patch.custom:
        custom = fields.check(patch.custom, definitions(), complete=False)
        patch = patch.model_copy(update={"custom": custom})
    after = before.patched(patch, at=work.now, region=settings().default_region)
    if after is before:
        return before
    if after.custom != before.custom:
        fields.require_complete(after.custom, definitions())
    if after.owner and after.owner != before.owner:
        access.require_staff(work, after.owner, "owner")
    write_change(work, before, after)
    return after


def write_change(work: Work, before: Customer, after: Customer) -> None:
    """Write the next version of a customer and record what changed. Fails with Stale."""
    store.replace(work, before, after)
    changed = after.changes_from(before)
    event = CustomerUpdated(customer_id=after.id, customer_version=after.version, changed=changed)
    work.record(partition(after.id), event, customer_id=after.id, private=changes(before, after, changed))


def definitions() -> Definitions:
    """The custom fields there are, as they were 30 seconds ago at most."""
    return defining.current()


def newest(
    stage: Stage | None,
    *,
    limit: int,
    after: str | None,
    ids: Bounds = ALL,
    where: ConditionBase | None = None,
) -> tuple[list[Customer], str | None]:
    """A page of customers, newest first, of one stage or all, and where the next one begins.

    `ids` bounds their ids, which sort by creation; `where` is a condition on the profile.
    """
    return _listed(lists.newest(stage, limit=limit, after=after, ids=ids, where=where))


def by_update(
    times: Bounds = ALL, *, limit: int, after: str | None, where: ConditionBase | None = None
) -> tuple[list[Customer], str | None]:
    """A page in the order of the last change, oldest first; `times` bounds it, as `ids.stamp` writes them."""
    return _listed(lists.by_update(times, limit=limit, after=after, where=where))


def _listed(found: Slice) -> tuple[list[Customer], str | None]:
    return lists.customers_of(found), found.after


def get_many(customer_ids: Iterable[str]) -> dict[str, Customer]:
    """Those of the customers that exist, by id, a call for each 100."""
    return store.get_many(customer_ids)


def profile_key(customer_id: str) -> Key:
    """The key of a profile, for those who read several things in one call."""
    return keys.profile_key(customer_id)


def of_item(item: Item) -> Customer:
    """The customer in a profile's item, for those who read several things in one call."""
    return Customer.model_validate(item, strict=False)


def partition(customer_id: str) -> str:
    """The partition in which events about this customer are recorded."""
    return keys.partition(customer_id)


def require(work: Work, customer_id: str, failure: RapportError | None = None) -> None:
    """Commit only if the customer exists; else NotFound `no_such_customer`, unless `failure` says else."""
    store.require(work, customer_id, failure)


def members(profile: Item) -> list[str]:
    """The ids that `group_of` gives, from the profile's item: no call unless it was merged into another."""
    if profile.get("merged_into"):
        return group_of(profile["id"])
    return [profile["id"], *profile.get("merged_ids", [])]
