"""The items of service levels: all policies in one, the list of what is due, and the counters of each day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.pages import HIGHEST, LOWEST, Query
from chalicelib.kernel.table import Key
from chalicelib.kernel.work import Work
from chalicelib.sla.model import Policies

_POLICIES = Key("SLA", "POLICIES")
_DUE = "SLA#DUE"
"""The partition of index gsi1 that lists tickets by when something is due."""


def read() -> Policies:
    """All policies, as they are now: one call."""
    item = table.get(_POLICIES)
    return Policies.model_validate(item, strict=False) if item else Policies()


def write(work: Work, policies: Policies) -> None:
    """Write the next version. Fails with Stale."""
    item = {**_POLICIES._asdict(), **policies.model_dump(mode="json", exclude_defaults=True)}
    item["version"] = policies.version
    if policies.version > 1:
        work.replace(item, version=policies.version - 1)
    else:
        work.put(item, unless_exists=Stale("Somebody else added the first policy meanwhile."))


def due_key(ticket_id: str) -> Key:
    return Key(f"DUE#{ticket_id}", "DUE")


def list_due(work: Work, ticket_id: str, due_at: datetime | None, listed: Mapping[str, str | None]) -> None:
    """Put a ticket into the list of what is due, or take it out; the ticket's own write has the condition.

    `listed` is what the list can be filtered by.
    """
    if due_at is None:
        work.delete(due_key(ticket_id))
        return
    place = {"gsi1pk": _DUE, "gsi1sk": f"{stamp(due_at)}#{ticket_id}", "ticket_id": ticket_id}
    known = {name: value for name, value in listed.items() if value is not None}
    work.overwrite({**due_key(ticket_id)._asdict(), **place, **known})


def due(
    *, before: datetime | None, where: Mapping[str, str | None], limit: int, after: str | None
) -> tuple[list[str], str | None]:
    """A page of the ids of tickets by when something is due, the earliest first: one call."""
    condition: ConditionBase | None = None
    for name, value in where.items():
        if value is not None:
            equal = Attr(name).eq(value)
            condition = equal if condition is None else condition & equal
    high = stamp(before) if before else HIGHEST
    query = Query(_DUE, index="gsi1", low=LOWEST, high=high, ascending=True, where=condition)
    found = pages.page([query], limit=limit, after=after)
    return [item["ticket_id"] for item in found.items], found.after
