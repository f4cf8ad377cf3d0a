"""The tickets' items. Their messages are mail's; their events lie with the customer, if there is one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.customers import service as customers
from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import AlreadyExists, NotFound, Stale
from chalicelib.kernel.events import PREFIX
from chalicelib.kernel.ids import stamp, ulid
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key, key_of
from chalicelib.kernel.work import Work
from chalicelib.support.model import StoredTicket, Ticket
from chalicelib.support.states import STATUSES, Status

SHARDS = 4
"""Partitions that the list by update is spread over, so that no single one takes every write."""
FILTERED = {"id", "status", "priority", "assignee", "team", "tags", "customer_id"}
"""Fields by which lists are filtered."""


def ticket_key(ticket_id: str) -> Key:
    return Key(f"TKT#{ticket_id}", "TICKET")


def events_partition(ticket: Ticket) -> str:
    """Where events about a ticket are recorded: with its customer, or with itself."""
    return customers.partition(ticket.customer_id) if ticket.customer_id else ticket_key(ticket.id).pk


def _items(ticket: StoredTicket) -> dict[Key, Item]:
    """A ticket's items: itself, and its places in more lists than the three that one item can be in."""
    by_id = {"gsi1sk": ticket.id, "gsi2sk": ticket.id, "gsi3sk": ticket.id}
    itself: Item = {
        **ticket_key(ticket.id)._asdict(),
        **ticket.model_dump(mode="json", exclude_none=True),
        **by_id,
        "gsi1pk": f"TKT#STATUS#{ticket.status}",
        "gsi2pk": f"TKT#CUS#{ticket.customer_id}",
        "gsi3pk": listed_under("ASSIGNEE", ticket.assignee, ticket.status),
    }
    if not ticket.customer_id:
        del itself["gsi2pk"], itself["gsi2sk"]
    partition = itself["pk"]
    updated: Item = {
        **Key(partition, "LISTED")._asdict(),
        **ticket.model_dump(include=FILTERED, exclude_none=True),
        **by_id,
        "gsi1pk": f"TKT#UPDATED#{ord(ticket.id[-1]) % SHARDS}",
        "gsi1sk": f"{stamp(ticket.updated_at)}#{ticket.id}",
        "gsi2pk": listed_under("TEAM", ticket.team, ticket.status),
        "gsi3pk": listed_under("PRIORITY", ticket.priority, ticket.status),
    }
    tags = [
        {
            **Key(partition, f"LISTED#{tag}")._asdict(),
            "id": ticket.id,
            "gsi1pk": listed_under("TAG", tag, ticket.status),
            "gsi1sk": ticket.id,
        }
        for tag in ticket.tags
    ]
    return {key_of(item): item for item in (itself, updated, *tags)}


def listed_under(name: str, value: str | None, status: Status) -> str:
    """The partition of the list of tickets with this value in this status; `None` lists those without."""
    return f"TKT#{name}#{value or 'none'}#{status}"


def add(work: Work, ticket: StoredTicket) -> None:
    itself, *places = _items(ticket).values()
    work.put(itself, unless_exists=AlreadyExists("This ticket exists."))
    for place in places:
        work.overwrite(place)


def replace(work: Work, before: StoredTicket, after: StoredTicket) -> None:
    """Write the next version, and of its places what is new. Fails with Stale when it changed meanwhile."""
    there = _items(before)
    itself, *places = _items(after).values()
    work.replace(itself, version=before.version)
    for place in places:
        if place != there.pop(key_of(place), None):
            work.overwrite(place)
    for key in list(there)[1:]:
        work.delete(key)


def rewrite(work: Work, ticket: StoredTicket) -> None:
    """Write a ticket and its places as they are, for one of a release that knew fewer. Fails with Stale."""
    itself, *places = _items(ticket).values()
    work.replace(itself, version=ticket.version)
    for place in places:
        work.overwrite(place)


def _by_status(**rest: Any) -> list[Query]:
    return [
        Query(f"TKT#STATUS#{one}", index="gsi1", only=("gsi1sk", "created_at"), **rest) for one in STATUSES
    ]


def newest_ids(limit: int, after: str | None) -> tuple[list[str], str | None]:
    """The ids of a page of all tickets, newest first, and where the next one begins: a call a status."""
    found = pages.page(_by_status(), limit=limit, after=after)
    return [item["gsi1sk"] for item in found.items], found.after


def oldest_created() -> datetime | None:
    """When the oldest ticket was opened: a call a status."""
    found = pages.page(_by_status(ascending=True), limit=1).items
    return datetime.fromisoformat(found[0]["created_at"]) if found else None


def get(ticket_id: str) -> StoredTicket:
    """Raises NotFound."""
    ticket = find(ticket_id)
    if ticket is None:
        raise no_such_ticket()
    return ticket


def find(ticket_id: str | None) -> StoredTicket | None:
    """The ticket, if there is one: one call, none without an id."""
    return stored(table.get(ticket_key(ticket_id))) if ticket_id else None


def no_such_ticket() -> NotFound:
    return NotFound("There is no such ticket.", code="no_such_ticket")


def stored(item: Item | None) -> StoredTicket | None:
    return StoredTicket.model_validate(item, strict=False) if item else None


def of_customer(customer_id: str, **rest: Any) -> Query:
    """The list of a customer's tickets, newest first."""
    return Query(f"TKT#CUS#{customer_id}", index="gsi2", **rest)


def every_of_customer(customer_id: str) -> Iterator[StoredTicket]:
    """All tickets of a customer, oldest first."""
    for item in pages.every(of_customer(customer_id, ascending=True)):
        yield StoredTicket.model_validate(item, strict=False)


def one_of_customer(customer_id: str) -> StoredTicket | None:
    """Any ticket of a customer that is still there: two calls. An index may show what has just gone."""
    listed = pages.page([of_customer(customer_id)], limit=50).items
    found = table.get_many(key_of(item) for item in listed)
    return next((stored(item) for item in found.values() if item.get("customer_id") == customer_id), None)


def closed_before(at: datetime, *, limit: int, after: str | None) -> tuple[list[StoredTicket], str | None]:
    """A page of tickets that are closed and did not change since, as they are now, oldest first."""
    query = Query(
        "TKT#STATUS#closed",
        index="gsi1",
        high=f"tkt_{ulid(at, bytes(10))}",
        ascending=True,
        where=Attr("updated_at").lt(stamp(at)),
    )
    listed = pages.page([query], limit=limit, after=after)
    found = table.get_many(key_of(item) for item in listed.items)
    tickets = [StoredTicket.model_validate(item, strict=False) for item in found.values()]
    return [one for one in tickets if one.status == "closed" and one.updated_at < at], listed.after


EVENTS_AT_ONCE = 60
"""Events of a ticket itself that one transaction removes at most."""


def own_events(ticket_id: str) -> list[Key]:
    """Some of the events that lie with a ticket, from before it had a customer."""
    query = Query.prefixed(ticket_key(ticket_id).pk, PREFIX, consistent=True)
    return [key_of(item) for item in pages.page([query], limit=EVENTS_AT_ONCE).items]


def remove(work: Work, ticket: StoredTicket) -> None:
    """Fails with Stale when the ticket changed meanwhile."""
    itself, *places = _items(ticket)
    unchanged = Attr("version").eq(ticket.version)
    work.delete(itself, when=unchanged, failure=Stale("The ticket changed meanwhile."))
    for place in places:
        work.delete(place)


def repoint(work: Work, ticket_ids: Iterable[str], *, before: str, after: str) -> None:
    """Have those that were merged into one ticket point to another. Fails with Stale when they do not."""
    for ticket_id in ticket_ids:
        work.update(
            ticket_key(ticket_id),
            assign={"merged_into": after},
            add={"version": 1},
            when=Attr("merged_into").eq(before),
            failure=Stale("A merged ticket changed meanwhile."),
        )


def get_many(ticket_ids: Iterable[str]) -> list[StoredTicket]:
    """Those of the tickets that exist, in the order asked for: one call, for 100 at most."""
    keys = [ticket_key(ticket_id) for ticket_id in ticket_ids]
    found = table.get_many(keys)
    return [StoredTicket.model_validate(found[key], strict=False) for key in keys if key in found]


def tickets_of(listed: Sequence[Item]) -> list[StoredTicket]:
    """The tickets of entries of a list: one call for those of which the list has but the ids."""
    known = {item["id"]: stored(item) for item in listed if item["sk"] == "TICKET"}
    known |= {one.id: one for one in get_many(item["id"] for item in listed if item["id"] not in known)}
    return [ticket for item in listed if (ticket := known.get(item["id"]))]
