"""What privacy asks of customers: everything that is known of who they are, and to forget it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.customers import burial, former, identity_store, lists, pointers, store
from chalicelib.customers.events import CustomerDeleted
from chalicelib.customers.identity import Identity
from chalicelib.customers.keys import identity_key, partition, profile_key, tombstone_key
from chalicelib.customers.model import Customer
from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.events import PREFIX
from chalicelib.kernel.ids import stamp, ulid
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Key, key_of
from chalicelib.kernel.work import Work
from chalicelib.organisations import service as organisations

AT_ONCE = 40
"""Identities that one transaction frees at most; each may take a second write, the suppression."""
REST_AT_ONCE = 80
"""Items that one transaction removes at most."""


@dataclass
class Freed:
    """What was removed, by kind, and the addresses that were freed."""

    counts: dict[str, int] = field(default_factory=dict)
    addresses: list[str] = field(default_factory=list)


def profile(customer_id: str) -> Customer | None:
    """The profile under exactly this id, be it merged into another one; two who were merged are two."""
    item = table.get(profile_key(customer_id))
    return Customer.model_validate(item, strict=False) if item else None


def group(customer_id: str) -> list[str]:
    """The ids of everybody who was merged with this customer, the survivor first.

    A customer whose profile was deleted is there as long as their history is. Raises NotFound, with the
    code `erased` for who was erased.
    """
    found = profile(customer_id)
    if found is not None and found.merged_into:
        customer_id = found.merged_into
        found = profile(customer_id)
    if found is not None:
        return [found.id, *found.merged_ids]
    customer_id = former.survivor_of(customer_id)
    if _rest(customer_id, 1):
        return [customer_id, *_merged_by_history(customer_id)]
    raise burial.gone() if burial.erased([customer_id]) else store.no_such_customer()


def leads_before(at: datetime, *, limit: int, after: str | None) -> tuple[list[Customer], str | None]:
    """A page of the leads who were registered before a time, oldest first: one call a shard."""
    queries = [
        Query(
            f"CUS#STAGE#lead#{shard}",
            index="gsi3",
            high=f"cus_{ulid(at, bytes(10))}",
            ascending=True,
            where=Attr("updated_at").lt(stamp(at)),
        )
        for shard in range(store.SHARDS)
    ]
    found = pages.page(queries, limit=limit, after=after)
    return lists.customers_of(found), found.after


def last_contact(customer_id: str) -> str:
    """When the newest event of a customer occurred, as text; empty when there is none: one call."""
    query = Query.prefixed(partition(customer_id), PREFIX, consistent=True)
    newest = pages.page([query], limit=1).items
    return str(newest[0]["occurred_at"]) if newest else ""


def _merged_by_history(customer_id: str) -> list[str]:
    """Who was merged into a customer and is still, by the events, for one whose profile is gone."""
    query = Query.prefixed(
        partition(customer_id),
        PREFIX,
        where=Attr("type").is_in(["customer.merged", "customer.unmerged"]),
        ascending=True,
        consistent=True,
    )
    merged: dict[str, None] = {}
    for item in pages.every(query):
        merged_id = item["data"]["merged_id"]
        if item["type"] == "customer.merged":
            merged[merged_id] = None
        else:
            merged.pop(merged_id, None)
    return list(merged)


def export_of(customer_id: str) -> Iterator[dict[str, Any]]:
    """The profile as it is; who of the staff looks after them is none of their data."""
    found = profile(customer_id)
    if found is not None:
        yield {"kind": "profile", **found.model_dump(mode="json", exclude_none=True, exclude={"owner"})}
    elif addresses := former.addresses(customer_id):
        yield {"kind": "deleted_profile", "emails": addresses}


def erase(work: Work, customer_id: str) -> Freed:
    """Free some of the customer's identities; with the last ones the profile goes.

    Of who was deleted, the addresses that nobody else has by now count as freed.
    """
    customer = profile(customer_id)
    if customer is None:
        addresses = former.erase(work, customer_id)
        return Freed() if addresses is None else Freed({"profiles": 1}, addresses)
    held = _held(customer)
    now = held[:AT_ONCE]
    for identity in now:
        own = Attr("customer_id").eq(customer_id)
        changed = Stale("The identity changed meanwhile.")
        work.delete(identity_key(identity), when=own, failure=changed)
    counts = {"identities": len(now)} if now else {}
    if len(held) <= AT_ONCE:
        _remove_profile(work, customer)
        counts["profiles"] = 1
    return Freed(counts, [identity.value for identity in now if identity.kind == "email"])


def _held(customer: Customer) -> list[Identity]:
    """The identities that are this customer's own, not those of somebody merged into them."""
    holders = identity_store.holders(customer.identities)
    return [identity for identity in customer.identities if holders.get(identity) == customer.id]


def _remove_profile(work: Work, customer: Customer) -> None:
    unchanged = Attr("version").eq(customer.version)
    stale = Stale("The customer changed meanwhile.")
    if customer.organisation_id:
        organisations.leave(work, customer.organisation_id, customer.id)
    work.delete(profile_key(customer.id), when=unchanged, failure=stale)
    event = CustomerDeleted(customer_id=customer.id, merged_ids=customer.merged_ids)
    work.record(partition(customer.id), event, customer_id=customer.id)


def once_merged_into(customer_id: str) -> set[str]:
    """The ids of those whom a customer was merged into, and is not any more."""
    return {mark.survivor_id for mark in pointers.parted(customer_id)}


def erase_told(work: Work, customer_id: str) -> dict[str, int]:
    """Empty some of what was recorded of changes with others, while the customer was one of them.

    The other's fields held this customer's values then; nobody can tell any more which were whose.
    """
    mark = next(pointers.parted(customer_id), None)
    if mark is None:
        return {}
    gone = Stale("Somebody else erased it.")
    told = pointers.told_of(mark, limit=REST_AT_ONCE)
    for item in told:
        work.update(key_of(item), remove=["private"], when=Attr("pk").exists(), failure=gone)
    if len(told) == REST_AT_ONCE:
        return {"changes_emptied": len(told)}
    work.delete(mark.key, when=Attr("pk").exists(), failure=gone)
    return {"merge_marks": 1} | ({"changes_emptied": len(told)} if told else {})


def erase_rest(work: Work, customer_id: str) -> dict[str, int]:
    """Remove some of what is left in the customer's partition, but for the mark that they are erased."""
    found = _rest(customer_id, REST_AT_ONCE)
    for key in found:
        work.delete(key, when=Attr("pk").exists(), failure=Stale("Somebody else removed it."))
    return {"other_items": len(found)} if found else {}


def _rest(customer_id: str, limit: int) -> list[Key]:
    query = Query(partition(customer_id), consistent=True)
    found = [key_of(item) for item in pages.page([query], limit=limit + 1).items]
    return [key for key in found if key != tombstone_key(customer_id)][:limit]
