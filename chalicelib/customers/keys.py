"""Where what belongs to a customer lies."""

from __future__ import annotations

from chalicelib.customers.identity import Identity
from chalicelib.kernel.table import Key

PROFILE = "PROFILE"
"""The sort key of a profile: behind the events, so that a query that descends from it sees whose they are."""


def partition(customer_id: str) -> str:
    """The partition that holds a customer and their events."""
    return f"CUS#{customer_id}"


def profile_key(customer_id: str) -> Key:
    return Key(partition(customer_id), PROFILE)


def identity_key(identity: Identity) -> Key:
    return Key(f"IDY#{identity.kind}#{identity.value}", "IDY")


def tombstone_key(customer_id: str) -> Key:
    """What marks that a customer is erased, or is about to be."""
    return Key(partition(customer_id), "ERASED")
