"""The items of a merge: a merged profile points to its survivor and stands in no list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib.customers import identity_store, memberships, store
from chalicelib.customers.keys import identity_key, partition, profile_key
from chalicelib.customers.merge_model import Profile
from chalicelib.customers.model import Customer
from chalicelib.kernel import ids, pages, table
from chalicelib.kernel.errors import Conflict, Stale
from chalicelib.kernel.events import PREFIX
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key, key_of
from chalicelib.kernel.work import Work
from chalicelib.organisations import service as organisations

MAX_MERGED = 20
"""Customers that are merged into one, at most."""
MAX_WRITES = 95
"""Of a transaction's 100, so that what the kernel adds has room."""
_PARTED = "WAS_MERGED#"
_SKEW = timedelta(minutes=1)
"""How much earlier or later than what it was read of a change may say that it was."""


class Parted(NamedTuple):
    """That somebody was merged into a survivor, and between which of the survivor's events."""

    key: Key
    survivor_id: str
    first: str
    last: str


def read(customer_ids: Iterable[str]) -> dict[str, Profile]:
    """The profiles as they lie there, merged or not, of those that exist: a call for each 100."""
    found = table.get_many(profile_key(customer_id) for customer_id in customer_ids)
    return {item["id"]: Profile.model_validate(item, strict=False) for item in found.values()}


def write(work: Work, before: Profile, after: Profile) -> None:
    """Write a profile whose identities stay where they are. Fails with Stale when it changed meanwhile."""
    memberships.follow(work, before, after)
    work.replace(store.profile_item(after), version=before.version)


def move(work: Work, customer_ids: Iterable[str], *, before: str, after: str) -> None:
    """Have those who were merged into one customer point to another. Fails with Stale when they do not."""
    for customer_id in customer_ids:
        work.update(
            profile_key(customer_id),
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
    for identity, holder in sorted(identity_store.holders(hidden).items()):
        if holder in survivor.merged_ids:
            work.delete(identity_key(identity), when=Attr("customer_id").eq(holder), failure=changed)
    for profile in merged:
        if profile.organisation_id:
            organisations.leave(work, profile.organisation_id, profile.id)
        points = Attr("merged_into").eq(survivor.id)
        work.delete(profile_key(profile.id), when=points, failure=changed)
    if len(work.writes) > MAX_WRITES:
        raise Conflict(
            "Too much is merged here to delete it at once; undo a merge first.", code="too_many_merged"
        )


def note_parted(work: Work, customer_id: str, survivor_id: str, *, since: datetime) -> None:
    """Note whom a customer was merged into until now: what was recorded there meanwhile may tell of them.

    Above the summary in their partition, so that a view does not read it.
    """
    first = PREFIX + ids.ulid(max(since - _SKEW, ids.EPOCH), bytes(10))
    last = PREFIX + ids.ulid(work.now + _SKEW, b"\xff" * 10)
    key = Key(partition(customer_id), f"{_PARTED}{survivor_id}#{ids.ulid(work.now)}")
    work.overwrite({**key._asdict(), "survivor_id": survivor_id, "first": first, "last": last})


def parted(customer_id: str) -> Iterator[Parted]:
    """Whom a customer was merged into and is not any more."""
    query = Query.prefixed(partition(customer_id), _PARTED, ascending=True, consistent=True)
    for item in pages.every(query):
        yield Parted(key_of(item), item["survivor_id"], item["first"], item["last"])


def told_of(mark: Parted, *, limit: int) -> list[Item]:
    """Some of the survivor's changes of that time that still hold old and new values."""
    told = Attr("type").begins_with("customer.") & Attr("private").exists()
    query = Query(partition(mark.survivor_id), low=mark.first, high=mark.last, where=told, consistent=True)
    return list(islice(pages.every(query), limit))
