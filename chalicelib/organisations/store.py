"""The organisations' items: the organisation, one item for each domain it holds, and one for each member.

What is left of a deleted organisation, until its members are out, is its item with `deleted` and the `step`
of that job: nobody can join any more, and nobody reads it.
"""

from __future__ import annotations

from collections.abc import Iterable

from boto3.dynamodb.conditions import Attr, ConditionBase

from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import AlreadyExists, Conflict, NotFound, Repeated
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Failure, Work
from chalicelib.organisations.model import Organisation

_ORGANISATION = "ORGANISATION"
_MEMBER = "MEMBER#"


def partition(organisation_id: str) -> str:
    """The partition that holds an organisation, its members and its events."""
    return f"ORG#{organisation_id}"


def key(organisation_id: str) -> Key:
    return Key(partition(organisation_id), _ORGANISATION)


def _domain_key(domain: str) -> Key:
    return Key(f"IDY#domain#{domain}", "IDY")


def member_key(organisation_id: str, customer_id: str) -> Key:
    return Key(partition(organisation_id), _MEMBER + customer_id)


def _item(organisation: Organisation) -> Item:
    fields = organisation.model_dump(mode="json", exclude_none=True)
    return {**key(organisation.id)._asdict(), **fields, "gsi1pk": "ORG", "gsi1sk": organisation.id}


def _hold(work: Work, domain: str, organisation_id: str) -> None:
    def taken(old: Item | None) -> Conflict:
        holder = old["organisation_id"] if old else None
        return Conflict(
            "This domain belongs to another organisation.",
            code="domain_taken",
            domain=domain,
            organisation_id=holder,
        )

    work.put({**_domain_key(domain)._asdict(), "organisation_id": organisation_id}, unless_exists=taken)


def add(work: Work, organisation: Organisation) -> None:
    """Fails with Conflict `domain_taken`, naming the holder."""
    for domain in organisation.domains:
        _hold(work, domain, organisation.id)
    work.put(_item(organisation), unless_exists=AlreadyExists("This organisation exists."))


def replace(work: Work, before: Organisation, after: Organisation) -> None:
    """Write the next version, with the domains that came and went."""
    held, wanted = set(before.domains), set(after.domains)
    for domain in sorted(held - wanted):
        work.delete(_domain_key(domain))
    for domain in sorted(wanted - held):
        _hold(work, domain, after.id)
    work.replace(_item(after), version=before.version)


def close(work: Work, organisation: Organisation) -> None:
    """Free the domains, and leave only what says that it is deleted."""
    for domain in organisation.domains:
        work.delete(_domain_key(domain))
    left = {"id": organisation.id, "version": organisation.version + 1, "deleted": True, "step": 0}
    work.replace({**key(organisation.id)._asdict(), **left}, version=organisation.version)


def advance(work: Work, organisation_id: str, step: int) -> None:
    """Move a deleted organisation's job on. Fails with Repeated when this step was taken before."""
    work.update(
        key(organisation_id), assign={"step": step + 1}, when=_at(step), failure=Repeated("Taken before.")
    )


def remove(work: Work, organisation_id: str, step: int) -> None:
    """Remove what is left of a deleted organisation, with the last step."""
    work.delete(key(organisation_id), when=_at(step), failure=Repeated("Taken before."))


def _at(step: int) -> ConditionBase:
    return Attr("deleted").eq(True) & Attr("step").eq(step)


def no_such_organisation() -> NotFound:
    return NotFound("There is no such organisation.", code="no_such_organisation")


def require(work: Work, organisation_id: str, failure: Failure | None = None) -> None:
    """Commit only if it exists; else NotFound `no_such_organisation`, unless `failure` says else."""
    here = Attr("pk").exists() & Attr("deleted").not_exists()
    work.require(key(organisation_id), failure or no_such_organisation(), when=here)


def get(organisation_id: str) -> Organisation:
    """One organisation, in one call. Raises NotFound."""
    found = of_item(table.get(key(organisation_id)))
    if found is None:
        raise no_such_organisation()
    return found


def of_item(item: Item | None) -> Organisation | None:
    """The organisation in its item; None for none, or for the mark that a deleted one leaves."""
    if item is None or "deleted" in item:
        return None
    return Organisation.model_validate(item, strict=False)


def get_many(organisation_ids: Iterable[str]) -> dict[str, Organisation]:
    """Those of the organisations that exist, a call for each 100."""
    items = table.get_many(key(organisation_id) for organisation_id in organisation_ids).values()
    return {found.id: found for found in map(of_item, items) if found is not None}


def holders(domains: Iterable[str]) -> dict[str, str]:
    """Which organisations hold these domains: their ids by domain, a call for each 100."""
    keys = {_domain_key(domain): domain for domain in domains}
    return {keys[found]: item["organisation_id"] for found, item in table.get_many(keys).items()}


def newest(*, limit: int, after: str | None) -> tuple[list[Organisation], str | None]:
    """A page of organisations, newest first: one call."""
    found = pages.page([Query("ORG", index="gsi1")], limit=limit, after=after)
    return [Organisation.model_validate(item, strict=False) for item in found.items], found.after


def join(work: Work, organisation_id: str, customer_id: str) -> None:
    item = {**member_key(organisation_id, customer_id)._asdict(), "customer_id": customer_id}
    work.overwrite(item)


def leave(work: Work, organisation_id: str, customer_id: str) -> None:
    work.delete(member_key(organisation_id, customer_id))


def members(organisation_id: str, *, limit: int, after: str | None) -> tuple[list[str], str | None]:
    """A page of the members' ids, the newest customers first: one call, strongly consistent.

    Raises NotFound. The organisation's own item sorts just above its members': the first page begins with it.
    """
    query = Query(partition(organisation_id), low=_MEMBER, high=_ORGANISATION, consistent=True)
    if after is not None:
        found = pages.page([query], limit=limit, after=after)
        return [item["customer_id"] for item in found.items], found.after
    found = pages.page([query], limit=limit + 1)
    organisation, *rest = found.items or [{}]
    if organisation.get("sk") != _ORGANISATION or "deleted" in organisation:
        raise no_such_organisation()
    return [item["customer_id"] for item in rest], found.after


def left_behind(organisation_id: str, *, limit: int) -> list[str]:
    """The ids of some who are still members of a deleted organisation: one call, strongly consistent."""
    query = Query.prefixed(partition(organisation_id), _MEMBER, consistent=True)
    return [item["customer_id"] for item in pages.page([query], limit=limit).items]
