"""Under which search terms and in which lists a customer is to be found. Pure: a customer in, entries out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from chalicelib.customers.model import Customer
from chalicelib.kernel.model import each_once
from chalicelib.kernel.postings import Entries

MAX_TERMS = 40
"""Terms of a customer; those of their name come first, so those are never the ones left out."""
MAX_FIELDS = 20
"""Custom fields by which a customer is listed."""
MAX_VALUE = 100
"""Characters of a custom value by which customers can be listed; of a longer one the beginning counts."""


def entries_of(customer: Customer | None, filterable: Collection[str]) -> Entries:
    """All index entries of a customer; none of one who is deleted or was merged into another.

    Facets are such as `tag#vip`, `owner#stf_…`, `field#size#38`. `filterable` names the custom fields by
    which customers are listed.
    """
    if customer is None or customer.merged_into:
        return Entries()
    return Entries(terms_of(customer), facets_of(customer, filterable))


def lists_of(entries: Entries) -> list[str]:
    """The facets that are lists of their own: not the stage, since the profile is in that list."""
    return [facet for facet in entries.facets if not facet.startswith("stage#")]


def terms_of(customer: Customer) -> list[str]:
    """The terms of a customer, the name's first."""
    from chalicelib.directory import words  # takes a while to compile

    found: list[str] = []
    for text in (customer.name, customer.company):
        found += words.terms_of(text) if text else []
    for address in customer.emails:
        found += words.terms_of_email(address)
    for number in customer.phones:
        found += words.terms_of_phone(number, _national(number))
    for handle in customer.handles:
        found += words.terms_of(handle.partition(":")[2])
    for external_id in customer.external_ids.values():
        found += words.terms_of(external_id)
    return each_once(found)[:MAX_TERMS]


def _national(number: str) -> str:
    """The digits of a number in E.164 without its country code; none when that cannot be told."""
    import phonenumbers

    try:
        return phonenumbers.national_significant_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return ""


def facets_of(customer: Customer, filterable: Collection[str]) -> list[str]:
    """What lists can be filtered by, as texts."""
    found = [f"stage#{customer.stage}"]
    if customer.owner:
        found.append(f"owner#{customer.owner}")
    if customer.organisation_id:
        found.append(f"organisation#{customer.organisation_id}")
    found += [f"tag#{tag}" for tag in customer.tags]
    fields = [(name, value) for name, value in sorted(customer.custom.items()) if name in filterable]
    return found + [field_facet(name, value) for name, value in fields[:MAX_FIELDS]]


def field_facet(name: str, value: Any) -> str:
    """A custom field's value as a facet: 38 and 38.0 are one number."""
    return f"field#{name}#{canonical(value)[:MAX_VALUE]}"


def canonical(value: Any) -> str:
    """How a custom value is written in a filter."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(int(value)) if value == int(value) else repr(value)
    return str(value)
