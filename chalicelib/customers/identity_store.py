"""The items of identities: each points to its customer, so it is look-up and uniqueness in one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from boto3.dynamodb.conditions import Attr

from chalicelib.customers.identity import Identity
from chalicelib.customers.keys import identity_key
from chalicelib.kernel import table
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.table import Item
from chalicelib.kernel.work import Failure, Work


def put_identity(
    work: Work, identity: Identity, customer_id: str, taken: Failure | None = None, group: Sequence[str] = ()
) -> None:
    """Fails when anybody else holds it, other than the `group` of customers merged into this one."""

    def taken_by(old: Item | None) -> Conflict:
        return Conflict(
            f"This {identity.kind} belongs to another customer.",
            code="identity_taken",
            identity=identity.kind,
            customer_id=old["customer_id"] if old else None,
        )

    item = {**identity_key(identity)._asdict(), "customer_id": customer_id}
    of_group = Attr("customer_id").is_in(list(group)) if group else None
    work.put(item, unless_exists=taken or taken_by, or_when=of_group)


def holder(identity: Identity) -> str | None:
    """The id of the customer whom an identity belongs to: one call."""
    item = table.get(identity_key(identity))
    return item["customer_id"] if item else None


def holders(identities: Iterable[Identity]) -> dict[Identity, str]:
    """The ids of the customers whom identities belong to, of those that somebody has; a call for each 100."""
    keys = {identity_key(one): one for one in identities}
    return {keys[key]: item["customer_id"] for key, item in table.get_many(keys).items()}
