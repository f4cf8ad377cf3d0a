"""A customer's identities one by one: list them, add one, remove one, make one the primary."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter, ValidationError

from chalicelib.customers import service as customers
from chalicelib.customers import store
from chalicelib.customers.identity import (
    MAX_OF_A_KIND,
    ExternalId,
    Handle,
    Identity,
    Kind,
    KnownIdentity,
    NewIdentity,
    Source,
    known,
    normal_phone,
)
from chalicelib.customers.model import Customer, CustomerPatch
from chalicelib.kernel.addresses import normal_email
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.work import Work

FIELDS: dict[Kind, str] = {"email": "emails", "phone": "phones", "handle": "handles"}
"""The lists of a customer, by the kind of identity in them; external ids are a map by source."""


def of(customer_id: str) -> list[KnownIdentity]:
    """All identities of a customer, the primary one of each kind first. Raises NotFound."""
    return _listed(store.get(customer_id))


def add(work: Work, customer_id: str, new: NewIdentity) -> KnownIdentity:
    """Add an identity; one that they have already stays, and becomes the primary one if that is asked.

    Raises NotFound, Invalid, Conflict `source_has_id`; fails with Conflict `identity_taken`.
    """
    before = _read(work, customer_id)
    value = _normal(new)
    if new.kind == "external":
        return _add_external(work, before, value)
    held = getattr(before, FIELDS[new.kind])
    field = FIELDS[new.kind]
    key = Identity.in_list(field, value)
    same = next((one for one in held if Identity.in_list(field, one) == key), None)
    value = same or value
    after = held if same else [*held, value]
    return _keep(work, before, new.kind, value, _first(after, value) if new.primary else after)


def _add_external(work: Work, before: Customer, value: str) -> KnownIdentity:
    source, _, external_id = value.partition(":")
    if before.external_ids.get(source, external_id) != external_id:
        raise Conflict("This customer has another id of that source; remove it first.", code="source_has_id")
    after = before.external_ids | {source: external_id}
    _check_number(after)
    customers.apply(work, before, CustomerPatch(external_ids=dict(after)))
    return known(before.id, "external", value, primary=True)


def remove(work: Work, customer_id: str, identity_id: str) -> None:
    """Remove an identity, so that it is free for others. Raises NotFound, Conflict `nothing_to_know_by`."""
    before = _read(work, customer_id)
    gone = _find(before, identity_id)
    if before.name is None and len(_listed(before)) == 1:
        raise Conflict("A customer needs a name or a way to be recognised.", code="nothing_to_know_by")
    if gone.kind == "external":
        patch = CustomerPatch(external_ids={gone.value.partition(":")[0]: None})
    else:
        patch = _patch(gone.kind, [one for one in getattr(before, FIELDS[gone.kind]) if one != gone.value])
    customers.apply(work, before, patch)


def make_primary(work: Work, customer_id: str, identity_id: str) -> KnownIdentity:
    """Put an identity first of its kind. Raises NotFound."""
    before = _read(work, customer_id)
    chosen = _find(before, identity_id)
    if chosen.primary:
        return chosen
    after = _first(getattr(before, FIELDS[chosen.kind]), chosen.value)
    return _keep(work, before, chosen.kind, chosen.value, after)


def _read(work: Work, customer_id: str) -> Customer:
    before = store.get(customer_id)
    work.check_version(before.version)
    return before


def _keep(work: Work, before: Customer, kind: Kind, value: str, after: list[str]) -> KnownIdentity:
    _check_number(after)
    customers.apply(work, before, _patch(kind, after))
    return known(before.id, kind, value, primary=after[0] == value)


def _patch(kind: Kind, values: list[str]) -> CustomerPatch:
    given: dict[str, Any] = {FIELDS[kind]: values}
    return CustomerPatch(**given)


def _first(values: list[str], value: str) -> list[str]:
    return [value, *(one for one in values if one != value)]


def _check_number(held: list[str] | dict[str, str]) -> None:
    if len(held) > MAX_OF_A_KIND:
        raise Invalid(f"A customer has {MAX_OF_A_KIND} identities of a kind at most.", code="too_many")


def _find(customer: Customer, identity_id: str) -> KnownIdentity:
    for one in _listed(customer):
        if one.id == identity_id:
            return one
    raise NotFound("This customer has no such identity.", code="no_such_identity")


def _listed(customer: Customer) -> list[KnownIdentity]:
    found = [
        known(customer.id, kind, value, primary=place == 0)
        for kind, field in FIELDS.items()
        for place, value in enumerate(getattr(customer, field))
    ]
    external = [f"{source}:{value}" for source, value in sorted(customer.external_ids.items())]
    return found + [known(customer.id, "external", value, primary=True) for value in external]


def _normal(new: NewIdentity) -> str:
    """The value in the form that customers keep it in. Raises Invalid."""
    try:
        match new.kind:
            case "email":
                return normal_email(new.value)
            case "phone":
                return normal_phone(new.value, settings().default_region)
            case "handle":
                return _read_as(Handle, new.value)
        source, _, value = new.value.partition(":")
        return f"{_read_as(Source, source)}:{_read_as(ExternalId, value)}"
    except ValueError as error:
        raise Invalid.in_body("value", str(error), f"invalid_{new.kind}") from None


def _read_as(form: Any, text: str) -> str:
    try:
        return str(TypeAdapter(form).validate_python(text))
    except ValidationError:
        raise ValueError(
            "has the form source:id" if form is not Handle else "has the form network:name"
        ) from None
