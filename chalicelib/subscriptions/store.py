"""The items that count how often an address was asked; they name nobody and end after a day."""

from __future__ import annotations

from datetime import UTC, datetime

from chalicelib.kernel import table
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.table import Key
from chalicelib.kernel.work import Work
from chalicelib.subscriptions.model import WINDOW, asked_once_more


def _key(address_hash: str, topic: str) -> Key:
    return Key(f"DOI#{address_hash}#{topic}", "DOI")


def count_asking(work: Work, address_hash: str, topic: str) -> None:
    """Note that an address is asked now: one call. Raises Conflict `asked_recently`."""
    key = _key(address_hash, topic)
    known = table.get(key) or {"version": 0, "asked": []}
    asked = asked_once_more([datetime.fromtimestamp(at, UTC) for at in known["asked"]], work.now)
    item = {
        **key._asdict(),
        "version": known["version"] + 1,
        "asked": [int(at.timestamp()) for at in asked],
        "expires_at": int((work.now + WINDOW).timestamp()),
    }
    if known["version"]:
        work.replace(item, version=known["version"])
    else:
        work.put(item, unless_exists=Stale("The address was asked meanwhile."))
