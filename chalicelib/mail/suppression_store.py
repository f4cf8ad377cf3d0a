"""The items of suppressed addresses, which name nobody: their key is a keyed hash of the address."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress as suppress_errors
from datetime import datetime

from boto3.dynamodb.conditions import Attr

from chalicelib.kernel import table, tokens
from chalicelib.kernel.addresses import ascii_domain
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work


def address_key(address: str) -> Key:
    """Where an address would be suppressed; the hash survives erasure without naming anybody.

    SES reports an address as it was sent to, so the domain counts in its ASCII form, whoever asks.
    """
    local, at, domain = address.rpartition("@")
    with suppress_errors(ValueError):  # no domain that could be sent to
        domain = ascii_domain(domain)
    return Key(f"SUP#{tokens.keyed_hash('suppression', (local + at + domain).casefold())}", "SUP")


def suppress(work: Work, address: str, reason: str, *, source: str = "system") -> Item:
    """Never mail this address again, until somebody lifts it; the item."""
    item = {
        **address_key(address)._asdict(),
        "reason": reason,
        "since": stamp(work.now),
        "source": source,
        **listed(work.now),
    }
    work.overwrite(item)
    return item


def listed(at: datetime) -> Item:
    """Where suppressed addresses are listed, by time."""
    return {"gsi1pk": "SUP", "gsi1sk": stamp(at)}


def lift(work: Work, key: Key, *, since: str) -> None:
    """Mail an address again. Fails with Stale when it was suppressed anew meanwhile."""
    work.delete(key, when=Attr("since").eq(since), failure=Stale("It was suppressed anew; read it again."))


def suppressed(addresses: Iterable[str], beside: Iterable[Key] = ()) -> tuple[set[str], dict[Key, Item]]:
    """Which of these addresses must not be mailed, and the items of the keys asked `beside`: one call."""
    keys = {address_key(address): address for address in addresses}
    found = table.get_many([*keys, *beside])
    return {keys[key] for key, item in found.items() if key in keys and "reason" in item}, found
