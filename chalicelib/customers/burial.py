"""The marks of who is erased, or is about to be: they stay for good, and nobody is made of them again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.customers.keys import profile_key, tombstone_key
from chalicelib.kernel import table
from chalicelib.kernel.errors import NotFound, Stale
from chalicelib.kernel.work import Work


def bury(work: Work, group: Sequence[str], erasure_id: str) -> None:
    """Mark a person's ids, as `group` gives them, as being erased, for ever.

    Fails with Stale when one is marked already, or when somebody was merged or parted since they were read.
    """
    for customer_id in group:
        item = {**tombstone_key(customer_id)._asdict(), "erasure_id": erasure_id}
        work.put(item, unless_exists=Stale("Another erasure of this customer began meanwhile."))
    changed = Stale("Somebody was merged with this customer, or parted, meanwhile.")
    work.require(profile_key(group[0]), changed, when=_is_all_of(group))


def _is_all_of(group: Sequence[str]) -> ConditionBase:
    """That a survivor's profile still names this group, or is gone."""
    same: ConditionBase = Attr("merged_ids").eq(list(group[1:]))
    if len(group) == 1:
        same = same | Attr("merged_ids").not_exists()
    return Attr("pk").not_exists() | (Attr("merged_into").not_exists() & same)


def require_not_buried(work: Work, *customer_ids: str) -> None:
    """Commit only if nobody began to erase these customers; else NotFound `erased`."""
    for customer_id in customer_ids:
        work.require(tombstone_key(customer_id), gone(), when=Attr("pk").not_exists())


def gone() -> NotFound:
    return NotFound("This customer was erased.", code="erased")


def erased(customer_ids: Iterable[str]) -> dict[str, str]:
    """Those of these customers who are erased, or about to be, with the erasure's id; 100 at most.

    One call, and none when nobody is asked about.
    """
    keys = {tombstone_key(customer_id): customer_id for customer_id in customer_ids}
    found = table.get_many(keys)
    return {keys[key]: item["erasure_id"] for key, item in found.items()}
