"""The summary's item, and the part of a customer's partition that a view reads in one query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from chalicelib.customers import service as customers
from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.overview.model import Summary

READ_AT_ONCE = 100
"""Items of the partition that one query reads: the summary, the consents, the profile, the latest events."""
CONSENT = "PROFILE#CONSENT#"


def summary_key(customer_id: str) -> Key:
    return Key(customers.partition(customer_id), "SUMMARY")


def summaries(customer_ids: Iterable[str]) -> dict[str, Summary]:
    """The summaries there are, in one call; of 100 customers at most."""
    keys = {customer_id: summary_key(customer_id) for customer_id in customer_ids}
    found = table.get_many(keys.values())
    return {customer_id: _summary(found[key]) for customer_id, key in keys.items() if key in found}


def _summary(item: Item) -> Summary:
    return Summary.model_validate(item, strict=False)


def put(work: Work, customer_id: str, summary: Summary, before: Summary | None) -> None:
    """Write the next summary of a customer who exists. Fails with Stale when either changed meanwhile."""
    overtaken = Stale("The customer or their summary changed meanwhile.")
    item = {**summary_key(customer_id)._asdict(), **summary.model_dump(mode="json", exclude_none=True)}
    customers.require(work, customer_id, overtaken)
    if before:
        work.replace(item, version=before.version)
    else:
        work.put(item, unless_exists=overtaken)


@dataclass
class Read:
    """What one query found in a customer's partition, by what it is; events newest first."""

    summary: Summary | None = None
    profile: Item | None = None
    consents: list[Item] = field(default_factory=list)
    events: list[Item] = field(default_factory=list)


def read(customer_id: str) -> Read:
    """A customer's partition from the summary down, consistently: one call for up to 90 consents.

    It is laid out for this: the sort keys of events, profile, consents and summary follow in that order.
    """
    found = Read()
    query = Query(customers.partition(customer_id), high="SUMMARY", consistent=True)
    after: str | None = None
    while True:
        part = pages.page([query], limit=READ_AT_ONCE - 2, after=after)
        for item in part.items:
            _sort_in(found, item)
        after = part.after
        if after is None or found.events:
            return found


def _sort_in(found: Read, item: Item) -> None:
    sort_key = item["sk"]
    if sort_key == "SUMMARY":
        found.summary = _summary(item)
    elif sort_key == "PROFILE":
        found.profile = item
    elif sort_key.startswith(CONSENT):
        found.consents.append(item)
    elif sort_key.startswith("EVT#"):
        found.events.append(item)
