"""The items of notices, beside each member of staff: what they want to be told, and what they were told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from chalicelib.access import service as access
from chalicelib.access.model import Staff
from chalicelib.kernel import table
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.notices.model import Notices, Told


class Person(NamedTuple):
    """A member of staff, with what they want to be told and were told of late."""

    staff: Staff
    notices: Notices
    told: Told


def people(staff_ids: Iterable[str]) -> dict[str, Person]:
    """Those of these who are on the staff, by id: one call; 30 at most."""
    wanted = list(dict.fromkeys(staff_ids))
    keys = [key for one in wanted for key in (access.staff_key(one), _notices_key(one), _told_key(one))]
    found = table.get_many(keys)
    return {one: _person(one, found) for one in wanted if access.staff_key(one) in found}


def _person(staff_id: str, found: dict[Key, Item]) -> Person:
    notices, told = found.get(_notices_key(staff_id), {}), found.get(_told_key(staff_id), {})
    return Person(
        access.staff_of_item(found[access.staff_key(staff_id)]),
        Notices.model_validate(notices, strict=False),
        Told.model_validate(told, strict=False),
    )


def replace(work: Work, staff_id: str, notices: Notices) -> None:
    """Write what somebody wants to be told. Fails with Stale when it changed meanwhile."""
    _put(work, {**_notices_key(staff_id)._asdict(), **notices.model_dump()})


def count(work: Work, staff_id: str, told: Told) -> None:
    """Write what somebody was told. Fails with Stale when they were told something else meanwhile."""
    _put(work, {**_told_key(staff_id)._asdict(), **told.model_dump()})


def _put(work: Work, item: Item) -> None:
    if item["version"] > 1:
        work.replace(item, version=item["version"] - 1)
    else:
        work.put(item, unless_exists=Stale("This was written meanwhile; read it again."))


def _notices_key(staff_id: str) -> Key:
    return Key(access.staff_key(staff_id).pk, "NOTICES")


def _told_key(staff_id: str) -> Key:
    return Key(access.staff_key(staff_id).pk, "TOLD")
