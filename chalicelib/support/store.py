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
from chalicelib.support.model import STATUSES, Status, StoredTicket, Ticket


def ticket_key(ticket_id: str) -> Key:
    return Key(f"TKT#{ticket_id}", "TICKET")


def events_partition(ticket: Ticket) -> str:
    """Where events about a ticket are recorded: with its customer, or with itself."""
    return customers.partition(ticket.customer_id) if ticket.customer_id else ticket_key(ticket.id).pk


def _item(ticket: StoredTicket) -> Item:
    item: Item = {
        **ticket_key(ticket.id)._asdict(),
        **ticket.model_dump(mode="json", exclude_none=True),
        "gsi1pk": f"TKT#STATUS#{ticket.status}",
        "gsi1sk": ticket.id,
    }
    if ticket.customer_id:
        item |= {"gsi2pk": f"TKT#CUS#{ticket.customer_id}", "gsi2sk": ticket.id}
    return item


def add(work: Work, ticket: StoredTicket) -> None:
    work.put(_item(ticket), unless_exists=AlreadyExists("This ticket exists."))


def replace(work: Work, ticket: StoredTicket, *, version: int) -> None:
    """Fails with Stale when the ticket changed meanwhile."""
    work.replace(_item(ticket), version=version)


def get(ticket_id: str) -> StoredTicket:
    """Raises NotFound."""
    ticket = stored(table.get(ticket_key(ticket_id)))
    if ticket is None:
        raise no_such_ticket()
    return ticket


def get_many(ticket_ids: Iterable[str]) -> dict[str, Ticket]:
    """The tickets of up to 100 ids that there are: one call."""
    found = table.get_many(ticket_key(one) for one in ticket_ids)
    return {item["id"]: Ticket.model_validate(item, strict=False) for item in found.values()}


def no_such_ticket() -> NotFound:
    return NotFound("There is no such ticket.", code="no_such_ticket")


def stored(item: Item | None) -> StoredTicket | None:
    return StoredTicket.model_validate(item, strict=False) if item else None


def _of_customer(customer_id: str, **rest: Any) -> Query:
    return Query(f"TKT#CUS#{customer_id}", index="gsi2", **rest)


def every_of_customer(customer_id: str) -> Iterator[StoredTicket]:
    """All tickets of a customer, oldest first."""
    for item in pages.every(_of_customer(customer_id, ascending=True)):
        yield StoredTicket.model_validate(item, strict=False)


def one_of_customer(customer_id: str) -> StoredTicket | None:
    """Any ticket of a customer that is still there: two calls. An index may show what has just gone."""
    listed = pages.page([_of_customer(customer_id)], limit=50).items
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


EVENTS_AT_ONCE = 80
"""Events of a ticket itself that one transaction removes at most."""


def own_events(ticket_id: str) -> list[Key]:
    """Some of the events that lie with a ticket, from before it had a customer."""
    query = Query.prefixed(ticket_key(ticket_id).pk, PREFIX, consistent=True)
    return [key_of(item) for item in pages.page([query], limit=EVENTS_AT_ONCE).items]


def remove(work: Work, ticket: StoredTicket) -> None:
    """Fails with Stale when the ticket changed meanwhile."""
    unchanged = Attr("version").eq(ticket.version)
    work.delete(ticket_key(ticket.id), when=unchanged, failure=Stale("The ticket changed meanwhile."))


def newest(
    *, customer_ids: Sequence[str], status: Status | None, limit: int, after: str | None
) -> tuple[list[Ticket], str | None]:
    """A page of tickets, newest first, of customers, of a status, or all: one call a partition."""
    where: Any = None
    if customer_ids:
        where = Attr("status").eq(status) if status else None
        queries = [_of_customer(one, where=where) for one in customer_ids]
    else:
        queries = [Query(f"TKT#STATUS#{one}", index="gsi1") for one in ([status] if status else STATUSES)]
    found = pages.page(queries, limit=limit, after=after)
    return [Ticket.model_validate(item, strict=False) for item in found.items], found.after
