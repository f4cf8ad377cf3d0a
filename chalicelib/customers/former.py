"""What is kept of a deleted customer with their history, until they are erased.

That is the addresses they had, which are suppressed then, and for whom was merged into them, into whom.
"""

from __future__ import annotations

from boto3.dynamodb.conditions import Attr

from chalicelib.customers import identity_store
from chalicelib.customers.identity import Identity
from chalicelib.customers.keys import partition
from chalicelib.customers.model import Customer
from chalicelib.kernel import table
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.table import Key
from chalicelib.kernel.work import Work


def _key(customer_id: str) -> Key:
    """Above the summary in their partition, so that no view reads it."""
    return Key(partition(customer_id), "WAS_KNOWN_BY")


def keep(work: Work, customer: Customer) -> None:
    """Keep the addresses of somebody who is deleted, of whom was merged into them too, and whom that was."""
    if customer.emails:
        work.overwrite({**_key(customer.id)._asdict(), "emails": customer.emails})
    for merged_id in customer.merged_ids:
        work.overwrite({**_key(merged_id)._asdict(), "merged_into": customer.id})


def survivor_of(customer_id: str) -> str:
    """Whom a customer was merged into when that one was deleted; else themselves: one call."""
    item = table.get(_key(customer_id)) or {}
    return str(item.get("merged_into", customer_id))


def addresses(customer_id: str) -> list[str]:
    """Those that were kept; none of who is there, or never had one: one call."""
    item = table.get(_key(customer_id)) or {}
    return list(item.get("emails", []))


def erase(work: Work, customer_id: str) -> list[str] | None:
    """Remove them; those that nobody has by now, or None when there is nothing to remove."""
    held = addresses(customer_id)
    if not held:
        return None
    gone = Stale("Somebody else removed it.")
    work.delete(_key(customer_id), when=Attr("pk").exists(), failure=gone)
    identities = {address: Identity.of_email(address) for address in held}
    taken = identity_store.holders(identities.values())
    return [address for address, identity in identities.items() if identity not in taken]
