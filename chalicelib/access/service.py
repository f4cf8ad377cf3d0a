"""What can be done with keys, staff and teams, and what other features ask about them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from boto3.dynamodb.conditions import Attr

from chalicelib.access import model, store
from chalicelib.access.events import KeyCreated, KeyRevoked, StaffChanged, TeamChanged
from chalicelib.access.model import (
    ApiKey,
    CreatedApiKey,
    NewApiKey,
    NewStaff,
    NewTeam,
    Staff,
    StaffPatch,
    StoredApiKey,
    Team,
)
from chalicelib.kernel import ids, patches
from chalicelib.kernel.errors import Forbidden, Invalid
from chalicelib.kernel.events import changes
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work


def create_key(work: Work, new: NewApiKey) -> CreatedApiKey:
    """Make a key. The answer is the only place where its secret ever appears."""
    stored, text = model.create(new, creator=work.principal, at=work.now)
    store.add_key(work, stored)
    work.record(store.key_partition(stored.id), KeyCreated(key_id=stored.id, scopes=list(stored.scopes)))
    return CreatedApiKey(key=text, **stored.model_dump(exclude={"secret_hash"}))


def revoke_key(work: Work, key_id: str) -> None:
    """Revoke a key; it stops working within the authorizer's cache time, a minute. Twice is once."""
    key = store.get_key(key_id)
    work.check_version(key.version)
    if key.revoked_at is not None:
        return
    revoked = key.model_copy(update={"revoked_at": work.now, "version": key.version + 1})
    store.replace_key(work, revoked, version=key.version)
    private = changes(key, revoked, ["revoked_at"])
    work.record(store.key_partition(key_id), KeyRevoked(key_id=key_id), private=private)


def get_key(key_id: str) -> ApiKey:
    """Raises NotFound."""
    return ApiKey.model_validate(store.get_key(key_id).model_dump())


def keys(*, limit: int, after: str | None) -> tuple[list[ApiKey], str | None]:
    """A page of keys, newest first."""
    return store.newest_keys(limit=limit, after=after)


def authenticate(text: str, at: datetime) -> StoredApiKey | None:
    """The key that this text is, if it is valid now; its use is noted once an hour."""
    parts = model.parse(text)
    key = store.find_key(parts[0]) if parts else None
    if parts is None or key is None or not key.has_secret(parts[1]) or not key.is_valid(at):
        return None
    if key.last_used_at is None or at - key.last_used_at > model.USE_RECORDED_EVERY:
        store.note_use(key.id, at)
    return key


def require_actor(work: Work) -> None:
    """Commit only if the member of staff whom the caller acts for exists and is active."""
    actor = work.principal.actor
    if actor is None:
        return
    unknown = Forbidden("Rapport-Actor names nobody active on the staff.", code="unknown_actor")
    if not model.is_staff_id(actor):
        raise unknown
    key = store.staff_key(actor)
    if all(write.key != key for write in work.writes):  # who changes their own entry was read just now
        work.require(key, unknown, when=Attr("active").eq(True))


def require_staff(work: Work, staff_id: str, field: str) -> None:
    """Commit only if they are on the staff and active; else Invalid names the field."""
    work.require(store.staff_key(staff_id), unknown_staff(field), when=Attr("active").eq(True))


def unknown_staff(field: str) -> Invalid:
    return Invalid.in_body(field, "names nobody active on the staff", "unknown_staff")


def active_staff(staff_ids: Iterable[str]) -> set[str]:
    """Those of these who are on the staff and active, a call for each 100."""
    return store.active_staff(staff_ids)


def staff_of_addresses(addresses: Iterable[str]) -> dict[str, str]:
    """The ids of the staff who have these e-mail addresses, by address, a call for each 100."""
    return store.staff_of_addresses(addresses)


def require_team(work: Work, team_id: str, field: str) -> None:
    """Commit only if the team exists; else Invalid names the field."""
    work.require(store.team_key(team_id), Invalid.in_body(field, "names no team", "unknown_team"))


def add_staff(work: Work, new: NewStaff) -> Staff:
    """Add somebody to the staff. Fails with Conflict `address_taken`."""
    staff = Staff(
        id=ids.new_id("stf", work.now),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        **new.model_dump(),
    )
    for team_id in staff.team_ids:
        require_team(work, team_id, "team_ids")
    store.add_staff(work, staff)
    work.record(store.staff_key(staff.id).pk, StaffChanged(staff_id=staff.id, changed=["created"]))
    return staff


def change_staff(work: Work, staff_id: str, patch: StaffPatch) -> Staff:
    """Apply a merge patch. Raises NotFound, Stale; fails with Conflict `address_taken`."""
    before = store.get_staff(staff_id)
    work.check_version(before.version)
    after, changed = _patched(before, patch, work)
    if not changed:
        return before
    for team_id in sorted(set(after.team_ids) - set(before.team_ids)):
        require_team(work, team_id, "team_ids")
    store.replace_staff(work, before, after)
    event = StaffChanged(staff_id=staff_id, changed=changed)
    work.record(store.staff_key(staff_id).pk, event, private=changes(before, after, changed))
    return after


def get_staff(staff_id: str) -> Staff:
    """Raises NotFound."""
    return store.get_staff(staff_id)


def staff_key(staff_id: str) -> Key:
    """A member of staff's key, for those who read several things in one call."""
    return store.staff_key(staff_id)


def staff_of_item(item: Item) -> Staff:
    """The member of staff in an item."""
    return Staff.model_validate(item, strict=False)


def staff(*, limit: int, after: str | None) -> tuple[list[Staff], str | None]:
    """A page of the staff, newest first."""
    return store.newest_staff(limit=limit, after=after)


def add_team(work: Work, new: NewTeam) -> Team:
    team_id, at = ids.new_id("tea", work.now), work.now
    team = Team(id=team_id, version=1, created_at=at, updated_at=at, name=new.name)
    store.add_team(work, team)
    work.record(store.team_key(team.id).pk, TeamChanged(team_id=team.id, changed=["created"]))
    return team


def change_team(work: Work, team_id: str, patch: NewTeam) -> Team:
    """Rename a team. Raises NotFound, Stale."""
    before = store.get_team(team_id)
    work.check_version(before.version)
    after, changed = _patched(before, patch, work)
    if changed:
        store.replace_team(work, after, version=before.version)
        event = TeamChanged(team_id=team_id, changed=changed)
        work.record(store.team_key(team_id).pk, event, private=changes(before, after, changed))
    return after


def get_team(team_id: str) -> Team:
    """Raises NotFound."""
    return store.get_team(team_id)


def teams(*, limit: int, after: str | None) -> tuple[list[Team], str | None]:
    """A page of the teams, newest first."""
    return store.newest_teams(limit=limit, after=after)


def members_of(team_id: str) -> list[Staff]:
    """The active members of a team, the first 100 by when they came. Lags a moment."""
    return store.members_of(team_id, limit=100)


Entity = TypeVar("Entity", Staff, Team)


def _patched(before: Entity, patch: StaffPatch | NewTeam, work: Work) -> tuple[Entity, list[str]]:
    """The entity after the patch, one version on, and which fields changed; itself when none did."""
    given = patches.given(patch)
    changed = patches.changed(before, given)
    if not changed:
        return before, []
    given |= {"version": before.version + 1, "updated_at": work.now}
    return before.model_copy(update=given), changed
