"""The customers' items: the profile, with the items of identities and of membership that go with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.customers import memberships
from chalicelib.customers.identity_store import put_identity
from chalicelib.customers.keys import identity_key, profile_key
from chalicelib.customers.model import Customer
from chalicelib.kernel import table
from chalicelib.kernel.errors import AlreadyExists, Invalid, NotFound, Stale
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.table import Item
from chalicelib.kernel.work import Failure, Work
from chalicelib.organisations import service as organisations

SHARDS = 4
"""Partitions a list index is spread over, so that no single one takes every write."""

MAX_CHANGED = 90
"""Identities that one transaction, of 100 items, adds and removes beside what else it holds."""


def _shard(customer_id: str) -> int:
    return ord(customer_id[-1]) % SHARDS


def profile_item(customer: Customer) -> Item:
    """The profile, with its places in the lists by creation, by update and by stage; none once merged."""
    item = {**profile_key(customer.id)._asdict(), **customer.model_dump(mode="json", exclude_none=True)}
    return item if customer.merged_into else item | _places(customer)


def _places(customer: Customer) -> Item:
    shard = _shard(customer.id)
    return {
        "gsi1pk": f"CUS#{shard}",
        "gsi1sk": customer.id,
        "gsi2pk": f"CUS#UPDATED#{shard}",
        "gsi2sk": f"{stamp(customer.updated_at)}#{customer.id}",
        "gsi3pk": f"CUS#STAGE#{customer.stage}#{shard}",
        "gsi3sk": customer.id,
    }


def add(work: Work, customer: Customer, *, taken: Failure | None = None) -> None:
    """Add a customer. Fails with Conflict `identity_taken`, naming the holder, unless `taken` says else."""
    for identity in customer.identities:
        put_identity(work, identity, customer.id, taken)
    if customer.organisation_id:
        organisations.join(work, customer.organisation_id, customer.id, memberships.unknown_organisation())
    work.put(profile_item(customer), unless_exists=AlreadyExists("This customer exists."))


def replace(work: Work, before: Customer, after: Customer) -> None:
    """Write the next version, with the identities that came and went, and the membership.

    Raises Invalid for too many identities.
    """
    held, wanted = set(before.identities), set(after.identities)
    if len(held ^ wanted) > MAX_CHANGED:
        sentence = f"One change adds and removes {MAX_CHANGED} identities at most."
        raise Invalid(sentence, code="too_many")
    for identity in sorted(held - wanted):
        work.delete(identity_key(identity))
    for identity in sorted(wanted - held):
        put_identity(work, identity, after.id, group=after.merged_ids)
    memberships.follow(work, before, after)
    work.replace(profile_item(after), version=before.version)


def remove(work: Work, customer: Customer) -> None:
    """Delete the profile and free its identities. Fails with Stale when it changed meanwhile."""
    for identity in customer.identities:
        work.delete(identity_key(identity))
    if customer.organisation_id:
        organisations.leave(work, customer.organisation_id, customer.id)
    unchanged = Attr("version").eq(customer.version)
    work.delete(profile_key(customer.id), when=unchanged, failure=Stale("The customer changed meanwhile."))


def require(work: Work, customer_id: str, failure: Failure | None = None) -> None:
    """Commit only if the customer exists; else NotFound `no_such_customer`, unless `failure` says else."""
    work.require(profile_key(customer_id), failure or no_such_customer())


def no_such_customer() -> NotFound:
    return NotFound("There is no such customer.", code="no_such_customer")


def get(customer_id: str) -> Customer:
    """One customer, or whom they were merged into: one call, two when merged. Raises NotFound."""
    item = profile(customer_id)
    if item is None:
        raise no_such_customer()
    return customer_of(item)


def profile(customer_id: str) -> Item | None:
    """The profile that the pointers lead to. They are flat: it is more than one only while another merges."""
    item = table.get(profile_key(customer_id))
    while item is not None and "merged_into" in item:
        item = table.get(profile_key(item["merged_into"]))
    return item


def group_of(customer_id: str) -> list[str]:
    """The ids that are one customer, the profile's first: one call, two for a merged id.

    An id that nobody has stands for itself, since the history of the deleted remains.
    """
    item = profile(customer_id)
    return [item["id"], *item.get("merged_ids", [])] if item else [customer_id]


def get_many(customer_ids: Iterable[str]) -> dict[str, Customer]:
    """Those of the customers that exist, a call for each 100."""
    found = table.get_many(profile_key(customer_id) for customer_id in customer_ids)
    return {item["id"]: customer_of(item) for item in found.values()}


def customer_of(item: dict[str, Any]) -> Customer:
    return Customer.model_validate(item, strict=False)
