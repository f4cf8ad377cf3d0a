"""What can be done with organisations, and what other features ask about them."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.access import service as access
from chalicelib.kernel.errors import RapportError
from chalicelib.kernel.events import changes
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.organisations import store
from chalicelib.organisations.events import (
    OrganisationChanged,
    OrganisationCreated,
    OrganisationDeleted,
    OrganisationEmptying,
)
from chalicelib.organisations.model import NewOrganisation, Organisation, OrganisationPatch


def create(work: Work, new: NewOrganisation) -> Organisation:
    """Add an organisation. Raises Invalid; fails with Conflict `domain_taken`, naming the holder."""
    organisation = Organisation.create(new, at=work.now)
    if organisation.owner:
        access.require_staff(work, organisation.owner, "owner")
    store.add(work, organisation)
    work.record(partition(organisation.id), OrganisationCreated(organisation_id=organisation.id))
    return organisation


def change(work: Work, organisation_id: str, patch: OrganisationPatch) -> Organisation:
    """Apply a merge patch. Raises NotFound, Stale, Invalid; fails with Conflict `domain_taken`."""
    before = store.get(organisation_id)
    work.check_version(before.version)
    after = before.patched(patch, at=work.now)
    if after is before:
        return before
    if after.owner and after.owner != before.owner:
        access.require_staff(work, after.owner, "owner")
    store.replace(work, before, after)
    changed = after.changes_from(before)
    event = OrganisationChanged(organisation_id=after.id, organisation_version=after.version, changed=changed)
    work.record(partition(after.id), event, private=changes(before, after, changed))
    return after


def delete(work: Work, organisation_id: str) -> None:
    """Delete it and free its domains. It is gone at once; its members leave it soon after, by a job."""
    organisation = store.get(organisation_id)
    work.check_version(organisation.version)
    store.close(work, organisation)
    event = OrganisationDeleted(organisation_id=organisation_id, job_id=organisation_id, step=0)
    work.record(partition(organisation_id), event)


def go_on_emptying(work: Work, organisation_id: str, step: int) -> None:
    """End a step of that job; another one follows. Fails with Repeated when it was taken before."""
    store.advance(work, organisation_id, step)
    event = OrganisationEmptying(organisation_id=organisation_id, job_id=organisation_id, step=step + 1)
    work.record(partition(organisation_id), event)


def end_emptying(work: Work, organisation_id: str, step: int) -> None:
    """End that job: no member is left. Fails with Repeated when it was ended before."""
    store.remove(work, organisation_id, step)


def get(organisation_id: str) -> Organisation:
    """Raises NotFound."""
    return store.get(organisation_id)


def get_many(organisation_ids: Iterable[str]) -> dict[str, Organisation]:
    """Those that exist, by id, a call for each 100."""
    return store.get_many(organisation_ids)


def holder_of_domain(domain: str) -> str | None:
    """The id of the organisation that holds a normal domain: one call."""
    return store.holders([domain]).get(domain)


def holders_of_domains(domains: Iterable[str]) -> dict[str, str]:
    """Which organisations hold these normal domains: their ids by domain, a call for each 100."""
    return store.holders(domains)


def newest(*, limit: int, after: str | None) -> tuple[list[Organisation], str | None]:
    """A page of organisations, newest first."""
    return store.newest(limit=limit, after=after)


def key(organisation_id: str) -> Key:
    """The key of an organisation's item, for those who read several things in one call."""
    return store.key(organisation_id)


def of_item(item: Item | None) -> Organisation | None:
    """The organisation in its item; None when there is none any more."""
    return store.of_item(item)


def partition(organisation_id: str) -> str:
    """The partition in which events about this organisation are recorded."""
    return store.partition(organisation_id)


def require(work: Work, organisation_id: str, failure: RapportError | None = None) -> None:
    """Commit only if it exists; else NotFound `no_such_organisation`, unless `failure` says else."""
    store.require(work, organisation_id, failure)


def join(work: Work, organisation_id: str, customer_id: str, failure: RapportError | None = None) -> None:
    """Note a member, in the work that writes it to their profile. Fails as `require` does."""
    store.require(work, organisation_id, failure)
    store.join(work, organisation_id, customer_id)


def leave(work: Work, organisation_id: str, customer_id: str) -> None:
    """Take a member out, in the work that takes it from their profile, or ends that."""
    store.leave(work, organisation_id, customer_id)


def members(organisation_id: str, *, limit: int, after: str | None) -> tuple[list[str], str | None]:
    """A page of the members' ids, the newest customers first, exact at once: one call. Raises NotFound."""
    return store.members(organisation_id, limit=limit, after=after)


def left_behind(organisation_id: str, *, limit: int) -> list[str]:
    """The ids of some who are still members of a deleted organisation: one call."""
    return store.left_behind(organisation_id, limit=limit)
