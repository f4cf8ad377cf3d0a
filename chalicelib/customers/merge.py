"""Merging two customers into one, and undoing it. It writes pointers and moves nothing (ADR 13)."""

from __future__ import annotations

from chalicelib.customers import identity_store, pointers, store
from chalicelib.customers.burial import require_not_buried
from chalicelib.customers.events import CustomerMerged, CustomerUnmerged
from chalicelib.customers.keys import partition
from chalicelib.customers.merge_model import Merge, MergeRequest, Preview, Profile, Undone
from chalicelib.customers.model import Customer
from chalicelib.customers.parting import parted, restored
from chalicelib.customers.reconciliation import changes_of, compare, joined, pointing
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.events import values
from chalicelib.kernel.work import Work
from chalicelib.organisations import service as organisations


def preview(work: Work, survivor_id: str, request: MergeRequest) -> Preview:
    """What `merge` would do; nothing is written. Raises as `merge` does."""
    survivor, merged = _mergeable(survivor_id, request)
    fields = compare(survivor, merged, request.choices)
    result = joined(survivor, merged, changes_of(fields), at=work.now)
    return Preview(survivor=survivor.shown, merged=merged.shown, fields=fields, result=result.shown)


def merge(work: Work, survivor_id: str, request: MergeRequest) -> Customer:
    """Merge a customer into another one: one call and the transaction, whatever lies with them.

    Raises NotFound, also `erased`; Invalid `same_customer`, `too_many`; Conflict `already_merged`,
    `merged_elsewhere`, `too_many_merged`, `changed_meanwhile`; Stale.
    """
    survivor, merged = _mergeable(survivor_id, request)
    work.check_version(survivor.version)
    require_not_buried(work, survivor.id, merged.id)
    changes = changes_of(compare(survivor, merged, request.choices))
    after = joined(survivor, merged, changes, at=work.now)
    pointers.write(work, survivor, after)
    pointers.write(work, merged, pointing(merged, survivor.id, changes, at=work.now))
    pointers.move(work, merged.merged_ids, before=merged.id, after=survivor.id)
    event = CustomerMerged(customer_id=after.id, merged_id=merged.id, customer_version=after.version)
    private = values((change.field, change.before, change.after) for change in changes)
    work.record(partition(after.id), event, customer_id=after.id, private=private)
    return after.shown


def _mergeable(survivor_id: str, request: MergeRequest) -> tuple[Profile, Profile]:
    """The two as they are, once it is sure that they may be merged."""
    survivor, merged = _both(survivor_id, request.merged_id)
    if survivor.id in (merged.id, merged.merged_into):
        raise Conflict("These two are one customer already.", code="already_merged", customer_id=survivor.id)
    if merged.merged_into:
        raise _elsewhere(merged)
    if len(survivor.merged_ids) + 1 + len(merged.merged_ids) > pointers.MAX_MERGED:
        sentence = f"{pointers.MAX_MERGED} customers are merged into one at most."
        raise Conflict(sentence, code="too_many_merged")
    expected = (request.versions.survivor, request.versions.merged)
    for customer, version in zip((survivor, merged), expected, strict=True):
        if version not in (None, customer.version):
            raise Conflict("A customer changed since the preview.", code="changed_meanwhile")
    return survivor, merged


def _both(survivor_id: str, merged_id: str) -> tuple[Profile, Profile]:
    """Both profiles in one call, a second one when the survivor was merged into another meanwhile."""
    if survivor_id == merged_id:
        raise Invalid.in_body("merged_id", "is the customer itself", "same_customer")
    found = pointers.read((survivor_id, merged_id))
    survivor, merged = found.get(survivor_id), found.get(merged_id)
    while survivor is not None and survivor.merged_into:
        survivor = pointers.read([survivor.merged_into]).get(survivor.merged_into)
    if survivor is None or merged is None:
        raise store.no_such_customer()
    return survivor, merged


def _elsewhere(merged: Profile) -> Conflict:
    sentence = "This customer was merged into another one."
    return Conflict(sentence, code="merged_elsewhere", customer_id=merged.merged_into)


def undo(work: Work, survivor_id: str, merged_id: str) -> Undone:
    """Take a merge back: three calls. What changed since is left and named, the rest is as it was.

    Raises NotFound, also `erased`, Invalid, Conflict `not_merged`, `merged_elsewhere`, `merged_through` (a
    later merge stands on it and is to be undone first), Stale.
    """
    before, merged = _both(survivor_id, merged_id)
    work.check_version(before.version)
    require_not_buried(work, before.id, merged.id)
    done = _merged_by(before, merged)
    holders = identity_store.holders(merged.identities)
    own = {merged.id, *merged.merged_ids}
    owned = {identity for identity, holder in holders.items() if holder in own}
    survivor, left = parted(before, merged, owned, at=work.now)
    survivor = _in_what_is_there(before, survivor)
    back, lost = restored(before, merged, holders, at=work.now)
    pointers.write(work, before, survivor)
    pointers.write(work, merged, back)
    pointers.move(work, merged.merged_ids, before=before.id, after=merged.id)
    for customer_id in (merged.id, *merged.merged_ids):
        pointers.note_parted(work, customer_id, survivor.id, since=done.at)
    event = CustomerUnmerged(customer_id=survivor.id, merged_id=merged.id, customer_version=survivor.version)
    private = values((change.field, change.after, change.before) for change in done.changes)
    work.record(partition(survivor.id), event, customer_id=survivor.id, private=private)
    return Undone(survivor=survivor.shown, restored=back.shown, left=left + lost)


def _in_what_is_there(before: Profile, after: Profile) -> Profile:
    """The profile, without the organisation that it would go back to when that was deleted meanwhile."""
    back_to = after.organisation_id
    if back_to in (None, before.organisation_id) or organisations.get_many([back_to]):
        return after
    return after.model_copy(update={"organisation_id": None, "organisation_role": None})


def _merged_by(survivor: Profile, merged: Profile) -> Merge:
    """The merge of these two. Raises Conflict when there is no such merge to undo."""
    if merged.merged_into is None:
        raise Conflict("This customer is not merged.", code="not_merged")
    if merged.merged_into != survivor.id:
        raise _elsewhere(merged)
    if merged.merge is None or merged.merge.survivor_id != survivor.id:
        through = merged.merge.survivor_id if merged.merge else None
        sentence = "This customer came with another one; undo that merge first."
        raise Conflict(sentence, code="merged_through", customer_id=through)
    return merged.merge
