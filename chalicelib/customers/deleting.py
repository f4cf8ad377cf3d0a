"""Deleting a customer, and keeping what erasing them later needs: the addresses that they had."""

from __future__ import annotations

from chalicelib.customers import former, pointers, store
from chalicelib.customers.burial import require_not_buried
from chalicelib.customers.events import CustomerDeleted
from chalicelib.customers.keys import partition
from chalicelib.kernel.work import Work


def delete(work: Work, customer_id: str) -> None:
    """Delete the profile, with those merged into it, and free their identities.

    The history stays until it is erased. Fails with NotFound `erased` for who is being erased: that frees the
    identities itself, and suppresses the addresses.
    """
    customer = store.get(customer_id)
    work.check_version(customer.version)
    require_not_buried(work, customer.id)
    store.remove(work, customer)
    former.keep(work, customer)
    if customer.merged_ids:
        pointers.remove_merged(work, customer)
    event = CustomerDeleted(customer_id=customer.id, merged_ids=customer.merged_ids)
    work.record(partition(customer.id), event, customer_id=customer.id)
