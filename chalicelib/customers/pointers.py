"""The items of a merge: a merged profile points to its survivor and stands in no list."""

from __future__ import annotations

from collections.abc import Iterable

from boto3.dynamodb.conditions import Attr

from chalicelib.customers import store
from chalicelib.customers.merge_model import Profile
from chalicelib.customers.model import Customer
from chalicelib.kernel import table
from chalicelib.kernel.errors import Conflict, Stale
from chalicelib.kernel.work import Work
from chalicelib.organisations import service as organisations

MAX_MERGED = 20
"""Customers that are merged into one, at most."""
MAX_WRITES = 95
"""Of a transaction's 100, so that what the kernel adds has room."""


def read(customer_ids: Iterable[str]) -> dict[str, Profile]:
    """The profiles as they lie there, merged or not, of those that exist: one call, for 100 at most."""
    found = table.get_many(store.profile_key(customer_id) for customer_id in customer_ids)
    return {item["id"]: Profile.model_validate(item, strict=False) for item in found.values()}


def write(work: Work, before: Profile, after: Profile) -> None:
    """Write a profile whose identities stay where they are. Fails with Stale when it changed meanwhile."""
    store.follow_membership(work, before, after)
    work.replace(store.profile_item(after), version=before.version)


def move(work: Work, customer_ids: Iterable[str], *, before: str, after: str) -> None:
    """Have those who were merged into one customer point to another. Fails with Stale when they do not."""
    for customer_id in customer_ids:
        work.update(
            store.profile_key(customer_id),
            assign={"merged_into": after},
            add={"version": 1},
            when=Attr("merged_into").eq(before),
            failure=Stale("A merged customer changed meanwhile."),
        )


def remove_merged(work: Work, survivor: Customer) -> None:
    """Delete those who were merged into a customer, with what identities they hold beside the survivor's.

    Two calls: their profiles, and those identities. Raises Conflict `too_many_merged` when one
    transaction cannot hold it.
    """
    merged = read(survivor.merged_ids).values()
    shown = set(survivor.identities)
    hidden = {one for profile in merged for one in profile.identities} - shown
    changed = Stale("A merged customer changed meanwhile.")
    for identity, holder in sorted(store.holders(hidden).items()):
        if holder in survivor.merged_ids:
            work.delete(store.identity_key(identity), when=Attr("customer_id").eq(holder), failure=changed)
    for profile in merged:
        if profile.organisation_id:
            organisations.forget_member(work, profile.organisation_id, profile.id)
        points = Attr("merged_into").eq(survivor.id)
        work.delete(store.profile_key(profile.id), when=points, failure=changed)
    if len(work.writes) > MAX_WRITES:
        raise Conflict(
            "Too much is merged here to delete it at once; undo a merge first.", code="too_many_merged"
        )
