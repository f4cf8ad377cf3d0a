"""Who writes from a company's domain belongs to it: customers join the organisation that holds it."""

from __future__ import annotations

from chalicelib.customers.model import Customer
from chalicelib.customers.service import write_change
from chalicelib.kernel.addresses import domain_of
from chalicelib.kernel.events import Published
from chalicelib.kernel.work import Work
from chalicelib.organisations import service as organisations


def is_due(event: Published) -> bool:
    """Whether what happened is a reason to look: somebody is new, or has other addresses."""
    changed = event.data.get("changed", [])
    return event.type == "customer.registered" or (event.type == "customer.updated" and "emails" in changed)


def associate(work: Work, customer: Customer) -> bool:
    """Have a customer without an organisation join the one that holds their first such address's domain.

    `customer` is the profile as read just now. Whether the work changes anything; one call, none for who has
    an organisation or no address. It fails with Repeated when somebody took them out of that organisation
    before, and with Stale when the profile changed meanwhile; so give it a Work of its own.
    """
    if customer.organisation_id or customer.merged_into or not customer.emails:
        return False
    domains = list(dict.fromkeys(domain_of(address) for address in customer.emails))
    holders = organisations.holders_of_domains(domains)
    found = next((holders[domain] for domain in domains if domain in holders), None)
    if found is None:
        return False
    organisations.require_never_left(work, found, customer.id)
    joined = {"organisation_id": found, "version": customer.version + 1, "updated_at": work.now}
    write_change(work, customer, customer.model_copy(update=joined))
    return True
