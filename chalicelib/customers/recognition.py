"""Who somebody is: customers by what they are recognised by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from chalicelib.customers import identity_store, store
from chalicelib.customers.identity import Identity, normal_phone
from chalicelib.customers.keys import identity_key, profile_key, tombstone_key
from chalicelib.customers.model import Customer, Stage
from chalicelib.kernel import table
from chalicelib.kernel.addresses import normal_email
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.table import Key


class Recognised(NamedTuple):
    """Who was recognised: the customers' ids by what was given, the stages of those who were named by their
    ids, and whose ids are those of the erased.
    """

    known: dict[str, str]
    erased: set[str]
    stages: dict[str, Stage]


def look_up(
    *,
    email: str | None = None,
    phone: str | None = None,
    external_id: str | None = None,
    handle: str | None = None,
) -> Customer | None:
    """Whom an address, a phone number, an external id (`source:id`) or a handle (`network:name`) belongs to.

    Two calls; three when its holder was merged into another customer.
    """
    return _find(_identity(email, phone, external_id, handle))


def _identity(email: str | None, phone: str | None, external_id: str | None, handle: str | None) -> Identity:
    try:
        if email is not None:
            return Identity.of_email(normal_email(email))
        if phone is not None:
            return Identity("phone", normal_phone(phone, settings().default_region))
    except ValueError as error:
        name = "email" if email is not None else "phone"
        raise Invalid.in_query(name, str(error), f"invalid_{name}") from None
    if handle is not None:
        return Identity.of_handle(handle.strip())
    source, colon, value = (external_id or "").partition(":")
    if not colon:
        raise Invalid.in_query("external_id", "has the form source:id", "invalid_external_id")
    return Identity.of_external(source, value)


def recognise(*, ids: Iterable[str] = (), emails: Iterable[str] = ()) -> Recognised:
    """Which customers these ids and normal e-mail addresses stand for: the customer's id by what was given.

    Those that nobody has are left out; which of them were erased is told. One call, for 50 of both
    together at most.
    """
    given_ids = list(ids)
    keys = {address: identity_key(Identity.of_email(address)) for address in emails}
    keys |= {customer_id: profile_key(customer_id) for customer_id in given_ids}
    tombstones = {tombstone_key(customer_id): customer_id for customer_id in given_ids}
    found = table.get_many([*keys.values(), *tombstones])
    items = {given: found[key] for given, key in keys.items() if key in found}
    known = {given: item["id"] if "id" in item else item["customer_id"] for given, item in items.items()}
    stages = {item["id"]: item["stage"] for item in items.values() if "stage" in item}
    return Recognised(known, {tombstones[key] for key in found if key in tombstones}, stages)


def stages(customer_ids: Iterable[str]) -> dict[str, Stage]:
    """The stages of those of the customers who exist, by id, a call for each 100."""
    found = table.get_many(profile_key(customer_id) for customer_id in customer_ids)
    return {item["id"]: item["stage"] for item in found.values()}


def id_of_email(address: str) -> str | None:
    """Whose e-mail address this is: one call."""
    return identity_store.holder(Identity.of_email(address))


def email_key(address: str) -> Key:
    """The key of an address's identity item, for those who read several things in one call."""
    return identity_key(Identity.of_email(address))


def _find(identity: Identity) -> Customer | None:
    customer_id = identity_store.holder(identity)
    profile = store.profile(customer_id) if customer_id else None
    return store.customer_of(profile) if profile else None
