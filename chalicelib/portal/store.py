"""The items of the portal: links until they end; and for two days requests and counts, which name nobody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from boto3.dynamodb.conditions import Attr

from chalicelib.customers import service as customers
from chalicelib.kernel import pages, table, tokens
from chalicelib.kernel.errors import AlreadyExists, NotFound, Repeated, Stale
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.portal.model import Day, PortalLink

KEPT_FOR = timedelta(days=2)
_LINK = "ENTRANCE#"
"""Before a partition's events: between them and the profile nothing else may lie."""


def until(now: datetime) -> int:
    """When what is kept for a while ends (epoch seconds)."""
    return int((now + KEPT_FOR).timestamp())


def asked_key(who: str, day: str) -> Key:
    """Where it is counted how often an address was sent a link on a day, or a visitor asked for one."""
    return Key(f"ASKED#{tokens.keyed_hash('portal', f'{who} {day}')}", "ASKED")


def count_asking(work: Work, key: Key, most: int) -> None:
    """Count one more. Fails with Stale when it is one too many meanwhile."""
    few = Attr("count").not_exists() | Attr("count").lt(most)
    late = Stale("Others asked meanwhile.")
    work.update(key, assign={"expires_at": until(work.now)}, add={"count": 1}, when=few, failure=late)


def partition(request_id: str) -> str:
    return f"PRT#{request_id}"


def _request_key(request_id: str) -> Key:
    return Key(partition(request_id), "REQUEST")


def add_request(work: Work, request_id: str, email: str) -> None:
    """Keep the address that a link was asked for, until somebody has looked whose it is."""
    item = {**_request_key(request_id)._asdict(), "email": email, "expires_at": until(work.now)}
    work.put(item, unless_exists=AlreadyExists("This request exists."))


def requested(request_id: str) -> str:
    """The address that a link was asked for. Raises NotFound when it was answered."""
    item = table.get(_request_key(request_id))
    if item is None:
        raise NotFound("This request was answered.")
    return str(item["email"])


def remove_request(work: Work, request_id: str) -> None:
    """Fails with Repeated when it was answered meanwhile."""
    done = Repeated("This request was answered.")
    work.delete(_request_key(request_id), when=Attr("pk").exists(), failure=done)


def link_key(customer_id: str, link_id: str) -> Key:
    """In its customer's partition, so that it goes when they are erased."""
    return Key(customers.partition(customer_id), f"{_LINK}{link_id}")


def add_link(work: Work, customer_id: str, link: PortalLink) -> None:
    """Keep a link until it ends; it opens nothing once it is not there."""
    item: Item = {**link_key(customer_id, link.id)._asdict(), **link.model_dump(mode="json")}
    item["expires_at"] = int(link.expires_at.timestamp())
    work.put(item, unless_exists=AlreadyExists("This link exists."))


def find_link(customer_ids: Iterable[str], link_id: str) -> Key | None:
    """Where a link of one of these customers lies: one call."""
    return next(iter(table.get_many(link_key(one, link_id) for one in customer_ids)), None)


def remove_link(work: Work, key: Key) -> None:
    """Fails with NotFound when it was revoked meanwhile."""
    gone = NotFound("There is no such link.", code="no_such_link")
    work.delete(key, when=Attr("pk").exists(), failure=gone)


def links(
    customer_ids: Iterable[str], *, limit: int, after: str | None
) -> tuple[list[PortalLink], str | None]:
    """A page of the links that work, newest first: a call an id."""
    queries = [Query.prefixed(customers.partition(one), _LINK, consistent=True) for one in customer_ids]
    found = pages.page(queries, limit=limit, after=after)
    return [_link(item) for item in found.items], found.after


def _link(item: Item) -> PortalLink:
    ends = datetime.fromtimestamp(item["expires_at"], UTC)
    return PortalLink.model_validate({**item, "expires_at": ends}, strict=False)


def _day_key(customer_id: str) -> Key:
    return Key(f"PRT#{customer_id}", "DAY")


def day(customer_id: str) -> Day:
    """What a customer said of late: one call."""
    return Day.model_validate(table.get(_day_key(customer_id)) or {}, strict=False)


def put_day(work: Work, customer_id: str, said: Day) -> None:
    """Fails with Stale when they said something else meanwhile."""
    item: Item = {**_day_key(customer_id)._asdict(), **said.model_dump(), "expires_at": until(work.now)}
    if said.version > 1:
        work.replace(item, version=said.version - 1)
    else:
        work.put(item, unless_exists=Stale("They said something else meanwhile."))
