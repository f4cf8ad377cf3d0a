"""The customers' items: the profile, and one identity item for each way to recognise them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib.customers.identity import Identity
from chalicelib.customers.model import Customer, Stage
from chalicelib.kernel import table
from chalicelib.kernel.errors import AlreadyExists, Conflict, Invalid, NotFound, Repeated, Stale
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Failure, Work
from chalicelib.organisations import service as organisations

SHARDS = 4
"""Partitions a list index is spread over, so that no single one takes every write."""

REMEMBERED = timedelta(days=400)
"""How long it is known that somebody was taken out of an organisation, so that no rule puts them back."""
MAX_CHANGED = 90
"""Identities that one transaction, of 100 items, adds and removes beside what else it holds."""
PROFILE = "PROFILE"
"""The sort key of a profile: behind the events, so that a query that descends from it sees whose they are."""


def partition(customer_id: str) -> str:
    """The partition that holds a customer and their events."""
    return f"CUS#{customer_id}"


def profile_key(customer_id: str) -> Key:
    return Key(partition(customer_id), PROFILE)


def identity_key(identity: Identity) -> Key:
    return Key(f"IDY#{identity.kind}#{identity.value}", "IDY")


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


def _put_identity(
    work: Work, identity: Identity, customer_id: str, taken: Failure | None = None, group: Sequence[str] = ()
) -> None:
    """Fails when anybody else holds it, other than the `group` of customers merged into this one."""

    def taken_by(old: Item | None) -> Conflict:
        return Conflict(
            f"This {identity.kind} belongs to another customer.",
            code="identity_taken",
            identity=identity.kind,
            customer_id=old["customer_id"] if old else None,
        )

    item = {**identity_key(identity)._asdict(), "customer_id": customer_id}
    of_group = Attr("customer_id").is_in(list(group)) if group else None
    work.put(item, unless_exists=taken or taken_by, or_when=of_group)


def add(work: Work, customer: Customer, *, taken: Failure | None = None) -> None:
    """Add a customer. Fails with Conflict `identity_taken`, naming the holder, unless `taken` says else."""
    for identity in customer.identities:
        _put_identity(work, identity, customer.id, taken)
    if customer.organisation_id:
        organisations.join(work, customer.organisation_id, customer.id, unknown_organisation())
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
        _put_identity(work, identity, after.id, group=after.merged_ids)
    follow_membership(work, before, after)
    work.replace(profile_item(after), version=before.version)


def follow_membership(work: Work, before: Customer, after: Customer) -> None:
    """Take them out of the organisation they were in, and into the one they are in. Fails with Invalid."""
    if after.organisation_id == before.organisation_id:
        return
    if before.organisation_id:
        organisations.leave(work, before.organisation_id, before.id)
        _note_left(work, before.id, before.organisation_id)
    if after.organisation_id:
        organisations.join(work, after.organisation_id, after.id, unknown_organisation())


def _left_key(customer_id: str, organisation_id: str) -> Key:
    """In the customer's partition, so that it goes with them; above the summary, so that no view reads it."""
    return Key(partition(customer_id), f"WAS_MEMBER#{organisation_id}")


def _note_left(work: Work, customer_id: str, organisation_id: str) -> None:
    until = int((work.now + REMEMBERED).timestamp())
    work.overwrite({**_left_key(customer_id, organisation_id)._asdict(), "expires_at": until})


def require_never_left(work: Work, customer_id: str, organisation_id: str) -> None:
    """Commit only if nobody took this customer out of the organisation before; else Repeated."""
    forgotten = Attr("pk").not_exists() | Attr("expires_at").lte(int(work.now.timestamp()))
    taken_out = Repeated("They were taken out before.")
    work.require(_left_key(customer_id, organisation_id), taken_out, when=forgotten)


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


def unknown_organisation() -> Invalid:
    return Invalid.in_body("organisation_id", "names no organisation", "unknown_organisation")


def no_such_customer() -> NotFound:
    return NotFound("There is no such customer.", code="no_such_customer")


def get(customer_id: str) -> Customer:
    """One customer, or whom they were merged into: one call, two when merged. Raises NotFound."""
    item = _profile(customer_id)
    if item is None:
        raise no_such_customer()
    return customer_of(item)


def _profile(customer_id: str) -> Item | None:
    """The profile that the pointers lead to. They are flat: it is more than one only while another merges."""
    item = table.get(profile_key(customer_id))
    while item is not None and "merged_into" in item:
        item = table.get(profile_key(item["merged_into"]))
    return item


def group_of(customer_id: str) -> list[str]:
    """The ids that are one customer, the profile's first: one call, two for a merged id.

    An id that nobody has stands for itself, since the history of the deleted remains.
    """
    item = _profile(customer_id)
    return [item["id"], *item.get("merged_ids", [])] if item else [customer_id]


def holder(identity: Identity) -> str | None:
    """The id of the customer whom an identity belongs to: one call."""
    item = table.get(identity_key(identity))
    return item["customer_id"] if item else None


def holders(identities: Iterable[Identity]) -> dict[Identity, str]:
    """The ids of the customers whom identities belong to, of those that somebody has; a call for each 100."""
    wanted = list(identities)
    found: dict[Key, Item] = {}
    for start in range(0, len(wanted), 100):
        found |= table.get_many(identity_key(one) for one in wanted[start : start + 100])
    return {one: found[identity_key(one)]["customer_id"] for one in wanted if identity_key(one) in found}


def find(identity: Identity) -> Customer | None:
    """Whom an identity belongs to: two calls, three when its holder was merged into another."""
    customer_id = holder(identity)
    profile = _profile(customer_id) if customer_id else None
    return customer_of(profile) if profile else None


def get_many(customer_ids: Iterable[str]) -> dict[str, Customer]:
    """Those of the customers that exist, in one call; 100 ids at most."""
    found = table.get_many(profile_key(customer_id) for customer_id in customer_ids)
    return {item["id"]: customer_of(item) for item in found.values()}


def tombstone_key(customer_id: str) -> Key:
    """What marks that a customer is erased, or is about to be."""
    return Key(partition(customer_id), "ERASED")


class Recognised(NamedTuple):
    """Who was recognised: the customers' ids by what was given, the stages of those who were named by their
    ids, and whose ids are those of the erased.
    """

    known: dict[str, str]
    erased: set[str]
    stages: dict[str, Stage]


def recognise(customer_ids: Iterable[str], addresses: Iterable[str]) -> Recognised:
    """The customers' ids by what was given, for those who exist, in one call; 50 at most."""
    given_ids = list(customer_ids)
    keys = {address: identity_key(Identity.of_email(address)) for address in addresses}
    keys |= {customer_id: profile_key(customer_id) for customer_id in given_ids}
    tombstones = {tombstone_key(customer_id): customer_id for customer_id in given_ids}
    found = table.get_many([*keys.values(), *tombstones])
    items = {given: found[key] for given, key in keys.items() if key in found}
    known = {given: item["id"] if "id" in item else item["customer_id"] for given, item in items.items()}
    stages = {item["id"]: item["stage"] for item in items.values() if "stage" in item}
    return Recognised(known, {tombstones[key] for key in found if key in tombstones}, stages)


def stages(customer_ids: Iterable[str]) -> dict[str, Stage]:
    """The stages of those of them who exist, in one call; 100 at most."""
    found = table.get_many(profile_key(customer_id) for customer_id in customer_ids)
    return {item["id"]: item["stage"] for item in found.values()}


def customer_of(item: dict[str, Any]) -> Customer:
    return Customer.model_validate(item, strict=False)
