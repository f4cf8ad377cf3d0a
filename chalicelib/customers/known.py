"""What is known of those whom many rows are about, read all at once: identities' holders, and profiles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from chalicelib.access import service as access
from chalicelib.customers import identity_store, memberships, store
from chalicelib.customers.changes import Change
from chalicelib.customers.identity import Identity
from chalicelib.customers.model import Customer, NewCustomer
from chalicelib.organisations import service as organisations


@dataclass(frozen=True)
class Row:
    """What one row says: the fields that `new` was given; its phones are in E.164 already."""

    number: int
    new: NewCustomer

    @cached_property
    def identities(self) -> list[Identity]:
        found = [Identity.of_email(address) for address in self.new.emails]
        found += [Identity("phone", number) for number in self.new.phones]
        found += [Identity.of_external(*pair) for pair in self.new.external_ids.items()]
        found += [Identity.of_handle(handle) for handle in self.new.handles]
        return list(dict.fromkeys(found))


class Earlier(Protocol):
    """Knows what rows before these were going to do, though the table does not."""

    def customers(self, identities: Iterable[Identity], customer_ids: Iterable[str]) -> Iterable[Customer]:
        """Those whom they made or changed, as they would be then, who have an identity or an id of these."""


class Known:
    """The holders of the identities that some rows name, and their profiles; what is planned is added."""

    def __init__(self, rows: Sequence[Row], earlier: Earlier | None = None) -> None:
        wanted = list(dict.fromkeys(identity for row in rows for identity in row.identities))
        self._holders = identity_store.holders(wanted)
        self._customers: dict[str, Customer] = {}
        self._add(self._holders.values())
        self._add(one.merged_into for one in list(self._customers.values()) if one.merged_into)
        if earlier is not None:
            free = [identity for identity in wanted if identity not in self._holders]
            for customer in earlier.customers(free, list(self._customers)):
                self._see(customer)
        self._staff = access.active_staff(_each(row.new.owner for row in rows))
        self._organisations = organisations.get_many(_each(row.new.organisation_id for row in rows)).keys()

    def _add(self, customer_ids: Iterable[str]) -> None:
        wanted = [one for one in dict.fromkeys(customer_ids) if one not in self._customers]
        self._customers |= store.get_many(wanted)

    def holder(self, identity: Identity) -> Customer | None:
        """Whose identity this is: the survivor, when its holder was merged."""
        found = self._customers.get(self._holders.get(identity, ""))
        return self._customers.get(found.merged_into) if found and found.merged_into else found

    def require_named(self, before: Customer | None, after: Customer) -> None:
        """Raise Invalid when the change names an owner or an organisation that is not there."""
        owner, organisation = after.owner, after.organisation_id
        if owner and owner not in self._staff and (before is None or before.owner != owner):
            raise access.unknown_staff("owner")
        was = before.organisation_id if before else None
        if organisation and organisation not in self._organisations and was != organisation:
            raise memberships.unknown_organisation()

    def note(self, change: Change) -> Change:
        """Let the rows that follow see what this one is going to do."""
        if change.after is not None and change.after is not change.before:
            self._see(change.after)
        return change

    def _see(self, customer: Customer) -> None:
        self._customers[customer.id] = customer
        for identity in customer.identities:
            self._holders.setdefault(identity, customer.id)


def _each(ids: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(one for one in ids if one))
