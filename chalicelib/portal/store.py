"""The items of the portal: links that were asked for, and counts, which name nobody; all end in two days."""

from __future__ import annotations

from datetime import datetime, timedelta

from boto3.dynamodb.conditions import Attr

from chalicelib.kernel import table, tokens
from chalicelib.kernel.errors import AlreadyExists, NotFound, Repeated, Stale
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.portal.model import Day

KEPT_FOR = timedelta(days=2)


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
