"""What is written of a membership with its customer's profile, and that somebody was taken out of one."""

from __future__ import annotations

from datetime import timedelta

from boto3.dynamodb.conditions import Attr

from chalicelib.customers.keys import partition
from chalicelib.customers.model import Customer
from chalicelib.kernel.errors import Invalid, Repeated
from chalicelib.kernel.table import Key
from chalicelib.kernel.work import Work
from chalicelib.organisations import service as organisations

REMEMBERED = timedelta(days=400)
"""How long it is known that somebody was taken out of an organisation, so that no rule puts them back."""


def follow(work: Work, before: Customer, after: Customer) -> None:
    """Take them out of the organisation they were in, and into the one they are in. Fails with Invalid."""
    if after.organisation_id == before.organisation_id:
        return
    if before.organisation_id:
        organisations.leave(work, before.organisation_id, before.id)
        _note_left(work, before.id, before.organisation_id)
    if after.organisation_id:
        organisations.join(work, after.organisation_id, after.id, unknown_organisation())


def _left_key(customer_id: str, organisation_id: str) -> Key:
    """In the customer's partition, so that it goes with them; above the summary, so that no view reads it."""
    return Key(partition(customer_id), f"WAS_MEMBER#{organisation_id}")


def _note_left(work: Work, customer_id: str, organisation_id: str) -> None:
    until = int((work.now + REMEMBERED).timestamp())
    work.overwrite({**_left_key(customer_id, organisation_id)._asdict(), "expires_at": until})


def require_never_left(work: Work, customer_id: str, organisation_id: str) -> None:
    """Commit only if nobody took this customer out of the organisation before; else Repeated."""
    forgotten = Attr("pk").not_exists() | Attr("expires_at").lte(int(work.now.timestamp()))
    taken_out = Repeated("They were taken out before.")
    work.require(_left_key(customer_id, organisation_id), taken_out, when=forgotten)


def unknown_organisation() -> Invalid:
    return Invalid.in_body("organisation_id", "names no organisation", "unknown_organisation")
