"""Who belongs to an organisation: the customers whose profile names it."""

from __future__ import annotations

from typing import TypeVar

from chalicelib.customers import pointers, store
from chalicelib.customers.model import Customer, CustomerPatch
from chalicelib.customers.service import change, write_change
from chalicelib.kernel.commit import commit_all
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.work import Work
from chalicelib.organisations import service as organisations

SomeCustomer = TypeVar("SomeCustomer", bound=Customer)
TOGETHER = 20
"""Members taken out in one transaction; each is five items of the hundred that one takes."""
ROUNDS = 50
"""Such transactions in one step of a job: about ten seconds."""


def of(organisation_id: str, *, limit: int, after: str | None) -> tuple[list[Customer], str | None]:
    """A page of members, the newest customers first: two calls. Raises NotFound for no organisation.

    Who was merged into another one is left out: whether they are a member, the other's profile says.
    """
    found, position = organisations.members(organisation_id, limit=limit, after=after)
    profiles = pointers.read(found) if found else {}
    people = [profiles[customer_id] for customer_id in found if customer_id in profiles]
    return [person.shown for person in people if person.merged_into is None], position


def add(work: Work, organisation_id: str, customer_id: str, role: str | None) -> Customer:
    """Make a customer a member, in whatever organisation they were. Raises NotFound for either."""
    organisations.require(work, organisation_id)
    patch = CustomerPatch(organisation_id=organisation_id, organisation_role=role)
    return change(work, customer_id, patch)


def remove(work: Work, organisation_id: str, customer_id: str) -> None:
    """Take a member out. Raises NotFound `no_such_member` for who is none."""
    before = store.get(customer_id)
    work.check_version(before.version)
    if before.organisation_id != organisation_id:
        raise NotFound("This organisation has no such member.", code="no_such_member")
    write_change(work, before, _without_organisation(before, work))


def step(work: Work, organisation_id: str, step: int) -> None:
    """A step of the job after an organisation was deleted: take up to 1,000 of its members out.

    A repeat finds those that are left. Raises what kept a member from being changed.
    """
    for _ in range(ROUNDS):
        found = organisations.left_behind(organisation_id, limit=TOGETHER)
        if not found:
            organisations.end_emptying(work, organisation_id, step)
            return
        _take_out(organisation_id, found)
    organisations.go_on_emptying(work, organisation_id, step)


def _take_out(organisation_id: str, customer_ids: list[str]) -> None:
    profiles = pointers.read(customer_ids)
    works = []
    for customer_id in customer_ids:
        work = Work()
        member = profiles.get(customer_id)
        if member is None or member.organisation_id != organisation_id:
            organisations.leave(work, organisation_id, customer_id)
        else:
            write_change(work, member, _without_organisation(member, work))
        works.append(work)
    for error in commit_all(works):
        if error is not None:
            raise error


def _without_organisation(customer: SomeCustomer, work: Work) -> SomeCustomer:
    gone = {"organisation_id": None, "organisation_role": None}
    return customer.model_copy(update={**gone, "version": customer.version + 1, "updated_at": work.now})
