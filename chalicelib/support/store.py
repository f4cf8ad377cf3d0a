"""The tickets' items. Their messages are mail's; their events lie with the customer, if there is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.customers import service as customers
from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import AlreadyExists, NotFound
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
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


def no_such_ticket() -> NotFound:
    return NotFound("There is no such ticket.", code="no_such_ticket")


def stored(item: Item | None) -> StoredTicket | None:
    return StoredTicket.model_validate(item, strict=False) if item else None


def newest(
    *, customer_ids: Sequence[str], status: Status | None, limit: int, after: str | None
) -> tuple[list[Ticket], str | None]:
    """A page of tickets, newest first, of customers, of a status, or all: one call a partition."""
    where: Any = None
    if customer_ids:
        where = Attr("status").eq(status) if status else None
        queries = [Query(f"TKT#CUS#{one}", index="gsi2", where=where) for one in customer_ids]
    else:
        queries = [Query(f"TKT#STATUS#{one}", index="gsi1") for one in ([status] if status else STATUSES)]
    found = pages.page(queries, limit=limit, after=after)
    return [Ticket.model_validate(item, strict=False) for item in found.items], found.after
