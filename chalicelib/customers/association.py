"""Who writes from a company's domain belongs to it: customers join the organisation that holds it."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.customers import memberships
from chalicelib.customers.model import Customer
from chalicelib.customers.service import write_change
from chalicelib.kernel.addresses import domain_of
from chalicelib.kernel.events import Published
from chalicelib.kernel.model import each_once
from chalicelib.kernel.work import Work
from chalicelib.organisations.free_mail import FREE_MAIL_DOMAINS

MAX_DOMAINS = 10
"""Domains of one customer that are looked at."""


def is_due(event: Published) -> bool:
    """Whether what happened is a reason to look: somebody is new, or has other addresses."""
    changed = event.data.get("changed", [])
    return event.type == "customer.registered" or (event.type == "customer.updated" and "emails" in changed)


def domains_of(customer: Customer) -> list[str]:
    """The domains by which this customer may join an organisation; none for who has one already."""
    if customer.organisation_id or customer.merged_into:
        return []
    domains = each_once([domain_of(address) for address in customer.emails])
    return [domain for domain in domains if domain not in FREE_MAIL_DOMAINS][:MAX_DOMAINS]


def associate(work: Work, customer: Customer, holders: Mapping[str, str]) -> bool:
    """Have a customer join the organisation that holds their first such domain; whether there is one.

    `customer` is the profile as read just now, `holders` the organisations' ids by domain. It fails with
    Repeated when somebody took them out of that organisation before, and with Stale when the profile changed
    meanwhile; so give it a Work of its own.
    """
    found = next((holders[domain] for domain in domains_of(customer) if domain in holders), None)
    if found is None:
        return False
    memberships.require_never_left(work, customer.id, found)
    joined = {"organisation_id": found, "version": customer.version + 1, "updated_at": work.now}
    write_change(work, customer, customer.model_copy(update=joined))
    return True
