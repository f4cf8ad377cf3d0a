"""Removes entries that are too old by the rules of retention, as far as nothing else hangs on them."""

from __future__ import annotations

from datetime import datetime

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.customers import service as customers
from chalicelib.kernel import pages
from chalicelib.kernel.events import PREFIX
from chalicelib.kernel.ids import ulid
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import key_of
from chalicelib.kernel.work import Work

AT_ONCE = 90
"""Entries that one transaction removes at most."""
FAMILIES = ("interaction.", "ticket.", "feedback.", "task.")


def remove_older(work: Work, customer_id: str, before: datetime) -> int:
    """Remove some of a customer's entries that occurred before a time; how many, 0 when none is left.

    Interactions, changes of the profile, and what tickets, feedback and follow-ups told. The entries of mails
    stay, since a message is found by them when somebody is erased; so do those of consents, which prove them,
    and of merges, which can be undone.
    """
    query = Query(
        customers.partition(customer_id),
        low=PREFIX,
        high=PREFIX + ulid(before, bytes(10)),
        ascending=True,
        consistent=True,
        where=_removable(),
    )
    after: str | None = None
    while True:
        found = pages.page([query], limit=AT_ONCE, after=after)
        for item in found.items:
            work.delete(key_of(item))
        after = found.after
        if found.items or after is None:
            return len(found.items)


def _removable() -> ConditionBase:
    removable: ConditionBase = Attr("type").eq("customer.updated")
    for family in FAMILIES:
        removable = removable | Attr("type").begins_with(family)
    return removable
