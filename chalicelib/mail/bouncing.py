"""Which addresses bounces and complaints end: one rule, whether SES tells of them or a mail to a mailbox.

A hard bounce or a complaint suppresses at once. A soft bounce counts: on three days within two weeks the
address is left alone for a month.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from chalicelib.kernel import table
from chalicelib.kernel.commit import commit
from chalicelib.kernel.errors import Repeated, Stale, Unavailable
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.table import Item
from chalicelib.kernel.work import Work
from chalicelib.mail import suppression_store as store

SOFT_DAYS, SOFT_WITHIN, SOFT_FOR = 3, timedelta(days=14), timedelta(days=30)
"""So many days with a soft bounce, within so long, suppress for so long."""

TRIES = 4
"""How often a soft bounce is counted anew when another one of the address came between."""


class Failed(NamedTuple):
    """A mail that did not reach an address, or was complained about, and when."""

    address: str
    kind: Literal["hard", "soft", "complaint"]
    at: datetime


def note(several: Iterable[Failed], now: datetime) -> None:
    """Note what befell each address, in transactions of their own: a call each, two for a soft bounce.

    It holds even where the report comes late, or the message is gone that it is about. Raises Unavailable.
    """
    gravest: dict[str, Failed] = {}
    for one in several:
        key = store.address_key(one.address).pk
        if key not in gravest or gravest[key].kind == "soft":
            gravest[key] = one
    for one in gravest.values():
        if one.kind == "soft":
            _count(one, now)
        else:
            _end(one, now)


def _end(failed: Failed, now: datetime) -> None:
    work = Work(now=now)
    store.suppress(work, failed.address, "complaint" if failed.kind == "complaint" else "bounce")
    commit(work)


def _count(failed: Failed, now: datetime) -> None:
    for _ in range(TRIES):
        work = Work(now=now)
        try:
            _count_day(work, failed)
            return commit(work)
        except Repeated:
            return
        except Stale:
            continue
    raise Unavailable("Others keep counting bounces of this address.")


def _count_day(work: Work, failed: Failed) -> None:
    """Count a soft bounce, once a day: one call. Fails with Stale when another one came between.

    Raises Repeated when it changes nothing: counted before, too long ago, or suppressed anyhow.
    """
    key = store.address_key(failed.address)
    item = table.get(key)
    days = _days(item, failed.at, work.now)
    if days is None:
        raise Repeated("This bounce changes nothing.")
    counted: Item = {**key._asdict(), "version": (item or {}).get("version", 0) + 1, "soft_days": days}
    lasting = SOFT_WITHIN
    if len(days) >= SOFT_DAYS:
        counted |= {"reason": "soft_bounces", "since": stamp(work.now), **store.listed(work.now)}
        lasting = SOFT_FOR
    counted["expires_at"] = int((work.now + lasting).timestamp())
    if item:
        work.replace(counted, version=item["version"])
    else:
        work.put(counted, unless_exists=Stale("Another bounce came between."))


def _days(item: Item | None, at: datetime, now: datetime) -> list[str] | None:
    """The days to count, this one included; None when it adds nothing."""
    oldest, day = (now - SOFT_WITHIN).date().isoformat(), at.date().isoformat()
    held: list[Any] = (item or {}).get("soft_days", [])
    if day < oldest or day in held or "reason" in (item or {}):
        return None
    return sorted([*(one for one in held if one >= oldest), day])
