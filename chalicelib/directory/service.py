"""Keeps the index entries of customers: what is there becomes what their profile asks for."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.customers.model import Customer
from chalicelib.directory import fields, store
from chalicelib.directory.entries import entries_of
from chalicelib.kernel.postings import Entries
from chalicelib.kernel.work import Work


class Indexing:
    """The customers of a batch, read in one call, 50 at most; `anew` writes what seems to be there, too.

    It reads who they are now, so that events may come twice and in any order, and writes only if the index
    still has what it had then (Stale). It reads definitions of fields, too: what old ones left out would be
    missing until the customer changes again.
    """

    def __init__(self, customer_ids: Iterable[str], *, anew: bool = False) -> None:
        self._read = store.read(customer_ids)
        has_fields = any(customer and customer.custom for customer, _ in self._read.values())
        self._filterable = fields.filterable(now=True) if has_fields else {}
        self._anew = anew

    def customer(self, customer_id: str) -> Customer | None:
        """Who this is, as read; None for nobody."""
        return self._read[customer_id][0]

    def update(self, work: Work, customer_id: str) -> None:
        """Bring a customer's entries up to date; what one transaction cannot hold is committed before."""
        customer, held = self._read[customer_id]
        wanted = entries_of(customer, self._filterable)
        store.INDEX.replace(work, customer_id, held, wanted, anew=self._anew)

    def remove(self, work: Work, customer_id: str) -> int:
        """Remove a customer's entries, whether or not there is a profile; how many there were."""
        _, held = self._read[customer_id]
        store.INDEX.replace(work, customer_id, held, Entries())
        return len(held.entries)


def erase(work: Work, customer_id: str) -> dict[str, int]:
    """Remove the index entries of a customer; how many, none when there are none."""
    count = Indexing([customer_id]).remove(work, customer_id)
    return {"index_entries": count} if count else {}
