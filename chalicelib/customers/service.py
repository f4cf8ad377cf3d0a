"""What can be done with customers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from chalicelib.access import service as access
from chalicelib.customers import store
from chalicelib.customers.events import CustomerDeleted, CustomerRegistered, CustomerUpdated
from chalicelib.customers.model import (
    Customer,
    CustomerPatch,
    Identity,
    NewCustomer,
    Stage,
    normal_phone,
)
from chalicelib.kernel.addresses import normal_email
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Invalid, RapportError, Stale
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.pages import Slice
from chalicelib.kernel.table import Key
from chalicelib.kernel.work import Work

MAX_PRIVATE = 12_000
"""Characters of old and new values kept with a change; of larger ones only the fields' names are."""


def register(work: Work, new: NewCustomer) -> Customer:
    """Register a customer. Fails with Conflict `identity_taken`, naming the holder."""
    customer = Customer.register(new, at=work.now, region=settings().default_region)
    if customer.owner:
        access.require_staff(work, customer.owner, "owner")
    store.add(work, customer)
    _record_registered(work, customer)
    return customer


def register_lead(work: Work, address: str, name: str = "") -> Customer:
    """Register somebody of whom we know only an e-mail address, in the work of what made them known.

    `name` is what they call themselves.

    Fails with Stale when the address got a holder meanwhile: recognise it again.
    """
    new = NewCustomer(name=name[:200].strip() or None, emails=[address], stage="lead")
    lead = Customer.register(new, at=work.now, region=settings().default_region)
    store.add(work, lead, taken=Stale("Somebody else registered this address meanwhile."))
    _record_registered(work, lead)
    return lead


def _record_registered(work: Work, customer: Customer) -> None:
    event = CustomerRegistered(customer_id=customer.id, stage=customer.stage)
    work.record(store.partition(customer.id), event, customer_id=customer.id)


def get(customer_id: str) -> Customer:
    """One customer. Raises NotFound."""
    return store.get(customer_id)


def change(work: Work, customer_id: str, patch: CustomerPatch) -> Customer:
    """Apply a merge patch. Raises NotFound, Stale, Invalid; fails with Conflict `identity_taken`."""
    before = store.get(customer_id)
    work.check_version(before.version)
    after = before.patched(patch, at=work.now, region=settings().default_region)
    if after is before:
        return before
    if after.owner and after.owner != before.owner:
        access.require_staff(work, after.owner, "owner")
    store.replace(work, before, after)
    changed = after.changes_from(before)
    event = CustomerUpdated(customer_id=after.id, customer_version=after.version, changed=changed)
    work.record(
        store.partition(after.id), event, customer_id=after.id, private=values_of(before, after, changed)
    )
    return after


def values_of(before: Customer, after: Customer, changed: list[str]) -> dict[str, Any] | None:
    """The old and the new values of what changed, for the event's `private`; None when they are too long."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    values = {name: {"from": old[name], "to": new[name]} for name in changed}
    return values if len(str(values)) <= MAX_PRIVATE else None


def delete(work: Work, customer_id: str) -> None:
    """Delete the profile and free its identities; the history stays until it is erased."""
    customer = store.get(customer_id)
    work.check_version(customer.version)
    store.remove(work, customer)
    work.record(
        store.partition(customer_id), CustomerDeleted(customer_id=customer_id), customer_id=customer_id
    )


def look_up(*, email: str | None, phone: str | None, external_id: str | None) -> Customer | None:
    """Whom an e-mail address, a phone number or an external id (`source:id`) belongs to: two calls."""
    return store.find(_identity(email, phone, external_id))


def _identity(email: str | None, phone: str | None, external_id: str | None) -> Identity:
    try:
        if email is not None:
            return Identity.of_email(normal_email(email))
        if phone is not None:
            return Identity("phone", normal_phone(phone, settings().default_region))
    except ValueError as error:
        name = "email" if email is not None else "phone"
        raise Invalid.in_query(name, str(error), f"invalid_{name}") from None
    source, colon, value = (external_id or "").partition(":")
    if not colon:
        raise Invalid.in_query("external_id", "has the form source:id", "invalid_external_id")
    return Identity.of_external(source, value)


def recognise(*, ids: Iterable[str] = (), emails: Iterable[str] = ()) -> dict[str, str]:
    """Which customers these ids and normal e-mail addresses stand for: the customer's id by what was given.

    Those that nobody has are left out. One call, for 100 of both together at most.
    """
    return store.recognise(ids, emails)


def newest(stage: Stage | None, *, limit: int, after: str | None) -> tuple[list[Customer], str | None]:
    """A page of customers, newest first, and where the next one begins."""
    return _listed(store.newest(stage, limit=limit, after=after))


def by_update(since: datetime | None, *, limit: int, after: str | None) -> tuple[list[Customer], str | None]:
    """A page in the order of the last change, from `since` on, oldest first."""
    return _listed(store.by_update(stamp(since) if since else "", limit=limit, after=after))


def _listed(found: Slice) -> tuple[list[Customer], str | None]:
    return store.customers_of(found), found.after


def partition(customer_id: str) -> str:
    """The partition in which events about this customer are recorded."""
    return store.partition(customer_id)


def require(work: Work, customer_id: str, failure: RapportError | None = None) -> None:
    """Commit only if the customer exists; else NotFound `no_such_customer`, unless `failure` says else."""
    store.require(work, customer_id, failure)


def id_of_email(address: str) -> str | None:
    """Whose e-mail address this is: one call."""
    return store.holder(Identity.of_email(address))


def email_key(address: str) -> Key:
    """The key of an address's identity item, for those who read several things in one call."""
    return store.identity_key(Identity.of_email(address))
