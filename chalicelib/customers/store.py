"""The customers' items: the profile, and one identity item for each way to recognise them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.customers.model import Customer, Identity, Stage
from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import AlreadyExists, Conflict, NotFound, Stale
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.pages import LOWEST, Query, Slice
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Failure, Work

SHARDS = 4
"""Partitions a list index is spread over, so that no single one takes every write."""


def partition(customer_id: str) -> str:
    """The partition that holds a customer and their events."""
    return f"CUS#{customer_id}"


def profile_key(customer_id: str) -> Key:
    return Key(partition(customer_id), "PROFILE")


def identity_key(identity: Identity) -> Key:
    return Key(f"IDY#{identity.kind}#{identity.value}", "IDY")


def _shard(customer_id: str) -> int:
    return ord(customer_id[-1]) % SHARDS


def profile_item(customer: Customer) -> Item:
    """The profile, with its places in the lists by creation, by update and by stage."""
    shard = _shard(customer.id)
    return {
        **profile_key(customer.id)._asdict(),
        **customer.model_dump(mode="json", exclude_none=True),
        "gsi1pk": f"CUS#{shard}",
        "gsi1sk": customer.id,
        "gsi2pk": f"CUS#UPDATED#{shard}",
        "gsi2sk": f"{stamp(customer.updated_at)}#{customer.id}",
        "gsi3pk": f"CUS#STAGE#{customer.stage}#{shard}",
        "gsi3sk": customer.id,
    }


def _put_identity(work: Work, identity: Identity, customer_id: str, taken: Failure | None = None) -> None:
    def taken_by(old: Item | None) -> Conflict:
        return Conflict(
            f"This {identity.kind} belongs to another customer.",
            code="identity_taken",
            identity=identity.kind,
            customer_id=old["customer_id"] if old else None,
        )

    item = {**identity_key(identity)._asdict(), "customer_id": customer_id}
    work.put(item, unless_exists=taken or taken_by)


def add(work: Work, customer: Customer, *, taken: Failure | None = None) -> None:
    """Add a customer. Fails with Conflict `identity_taken`, naming the holder, unless `taken` says else."""
    for identity in customer.identities:
        _put_identity(work, identity, customer.id, taken)
    work.put(profile_item(customer), unless_exists=AlreadyExists("This customer exists."))


def replace(work: Work, before: Customer, after: Customer) -> None:
    """Write the next version, with the identities that came and went."""
    held, wanted = set(before.identities), set(after.identities)
    for identity in sorted(held - wanted):
        work.delete(identity_key(identity))
    for identity in sorted(wanted - held):
        _put_identity(work, identity, after.id)
    work.replace(profile_item(after), version=before.version)


def remove(work: Work, customer: Customer) -> None:
    """Delete the profile and free its identities. Fails with Stale when it changed meanwhile."""
    for identity in customer.identities:
        work.delete(identity_key(identity))
    unchanged = Attr("version").eq(customer.version)
    work.delete(profile_key(customer.id), when=unchanged, failure=Stale("The customer changed meanwhile."))


def require(work: Work, customer_id: str, failure: Failure | None = None) -> None:
    """Commit only if the customer exists; else NotFound `no_such_customer`, unless `failure` says else."""
    work.require(profile_key(customer_id), failure or no_such_customer())


def no_such_customer() -> NotFound:
    return NotFound("There is no such customer.", code="no_such_customer")


def get(customer_id: str) -> Customer:
    """One customer, in one call. Raises NotFound."""
    item = table.get(profile_key(customer_id))
    if item is None:
        raise no_such_customer()
    return _customer(item)


def holder(identity: Identity) -> str | None:
    """The id of the customer whom an identity belongs to: one call."""
    item = table.get(identity_key(identity))
    return item["customer_id"] if item else None


def find(identity: Identity) -> Customer | None:
    """Whom an identity belongs to: two calls."""
    customer_id = holder(identity)
    profile = table.get(profile_key(customer_id)) if customer_id else None
    return _customer(profile) if profile else None


def get_many(customer_ids: Iterable[str]) -> dict[str, Customer]:
    """Those of the customers that exist, in one call; 100 ids at most."""
    found = table.get_many(profile_key(customer_id) for customer_id in customer_ids)
    return {item["id"]: _customer(item) for item in found.values()}


def holders(identities: Iterable[Identity]) -> dict[Identity, str]:
    """Whom each of these identities belongs to, as far as it has a holder, in one call; 100 at most."""
    keys = {identity_key(identity): identity for identity in identities}
    return {keys[key]: item["customer_id"] for key, item in table.get_many(keys).items()}


def recognise(customer_ids: Iterable[str], addresses: Iterable[str]) -> dict[str, str]:
    """The customers' ids by what was given, for those who exist, in one call; 100 at most."""
    keys = {address: identity_key(Identity.of_email(address)) for address in addresses}
    keys |= {customer_id: profile_key(customer_id) for customer_id in customer_ids}
    found = table.get_many(keys.values())
    items = {given: found[key] for given, key in keys.items() if key in found}
    return {given: item["id"] if "id" in item else item["customer_id"] for given, item in items.items()}


def newest(stage: Stage | None, *, limit: int, after: str | None) -> Slice:
    """A page of customers, newest first, of one stage or all: one call a shard."""
    index = "gsi3" if stage else "gsi1"
    prefix = f"CUS#STAGE#{stage}" if stage else "CUS"
    queries = [Query(f"{prefix}#{shard}", index=index) for shard in range(SHARDS)]
    return pages.page(queries, limit=limit, after=after)


def by_update(since: str, *, limit: int, after: str | None) -> Slice:
    """A page of customers in the order of their last change, oldest first, from the time `since` on."""
    queries = [
        Query(f"CUS#UPDATED#{shard}", index="gsi2", ascending=True, low=since or LOWEST)
        for shard in range(SHARDS)
    ]
    return pages.page(queries, limit=limit, after=after)


def has_contacts(customer_id: str) -> bool:
    """Whether anything but changes of the profile was recorded about them: one call."""
    others = ~Attr("type").begins_with("customer.")
    return bool(pages.page([Query.prefixed(partition(customer_id), "EVT#", where=others)], limit=1).items)


def customers_of(found: Slice) -> list[Customer]:
    """The customers of a page."""
    return [_customer(item) for item in found.items]


def _customer(item: dict[str, Any]) -> Customer:
    return Customer.model_validate(item, strict=False)
