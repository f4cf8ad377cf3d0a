"""The items of keys, staff and teams."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from boto3.dynamodb.conditions import Attr
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.access.model import ApiKey, Staff, StoredApiKey, Team
from chalicelib.kernel import aws, pages, table, telemetry
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import AlreadyExists, Conflict, NotFound
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key, encode, encode_item
from chalicelib.kernel.work import Work

Entity = TypeVar("Entity", ApiKey, Staff, Team)


def key_partition(key_id: str) -> str:
    return f"KEY#{key_id}"


def _key(key_id: str) -> Key:
    return Key(key_partition(key_id), "KEY")


def add_key(work: Work, key: StoredApiKey) -> None:
    work.put(_item(key), unless_exists=AlreadyExists("This key exists."))


def replace_key(work: Work, key: StoredApiKey, *, version: int) -> None:
    work.replace(_item(key), version=version)


def _item(key: StoredApiKey) -> Item:
    return _listed(_key(key.id), key, "KEY")


def find_key(key_id: str) -> StoredApiKey | None:
    item = table.get(_key(key_id))
    return StoredApiKey.model_validate(item, strict=False) if item else None


def get_key(key_id: str) -> StoredApiKey:
    """Raises NotFound."""
    key = find_key(key_id)
    if key is None:
        raise NotFound("There is no such key.", code="no_such_key")
    return key


def newest_keys(*, limit: int, after: str | None) -> tuple[list[ApiKey], str | None]:
    return _newest("KEY", ApiKey, limit=limit, after=after)


def note_use(key_id: str, at: datetime) -> None:
    """Remember when the key was used; not the version, since use is no change of the key.

    Best effort: that it was not noted keeps nobody out.
    """
    try:
        aws.dynamodb().update_item(
            TableName=settings().table,
            Key=encode_item(_key(key_id)._asdict()),
            UpdateExpression="SET last_used_at = :at",
            ConditionExpression="attribute_exists(pk)",
            ExpressionAttributeValues={":at": encode(stamp(at))},
        )
    except (BotoCoreError, ClientError) as error:
        telemetry.logger.warning("use of a key not noted", error=type(error).__name__)


def staff_key(staff_id: str) -> Key:
    return Key(f"STF#{staff_id}", "STAFF")


def team_key(team_id: str) -> Key:
    return Key(f"TEA#{team_id}", "TEAM")


def _address_key(email: str) -> Key:
    return Key(f"STF#EMAIL#{email.casefold()}", "STAFF")


def _hold_address(work: Work, staff: Staff) -> None:
    taken = Conflict("This address belongs to somebody else on the staff.", code="address_taken")
    work.put({**_address_key(staff.email)._asdict(), "staff_id": staff.id}, unless_exists=taken)


def add_staff(work: Work, staff: Staff) -> None:
    """Fails with Conflict `address_taken`."""
    _hold_address(work, staff)
    work.put(_listed(staff_key(staff.id), staff, "STF"), unless_exists=AlreadyExists("They exist."))


def replace_staff(work: Work, before: Staff, after: Staff) -> None:
    if before.email.casefold() != after.email.casefold():
        work.delete(_address_key(before.email))
        _hold_address(work, after)
    work.replace(_listed(staff_key(after.id), after, "STF"), version=before.version)


def get_staff(staff_id: str) -> Staff:
    """Raises NotFound."""
    item = table.get(staff_key(staff_id))
    if item is None:
        raise NotFound("There is nobody on the staff with that id.", code="no_such_staff")
    return Staff.model_validate(item, strict=False)


def active_staff(staff_ids: Iterable[str]) -> set[str]:
    found = table.get_many(staff_key(staff_id) for staff_id in staff_ids).values()
    return {item["id"] for item in found if item["active"]}


def staff_of_addresses(addresses: Iterable[str]) -> dict[str, str]:
    keys = {address: _address_key(address) for address in addresses}
    found = table.get_many(keys.values())
    return {address: found[key]["staff_id"] for address, key in keys.items() if key in found}


def newest_staff(*, limit: int, after: str | None) -> tuple[list[Staff], str | None]:
    return _newest("STF", Staff, limit=limit, after=after)


def members_of(team_id: str, *, limit: int) -> list[Staff]:
    """Active members of a team, in the order of their ids, of the first thousand on the staff: one call."""
    where = Attr("team_ids").contains(team_id) & Attr("active").eq(True)
    found = pages.page([Query("STF", index="gsi1", ascending=True, where=where)], limit=limit)
    return [Staff.model_validate(item, strict=False) for item in found.items]


def add_team(work: Work, team: Team) -> None:
    work.put(_listed(team_key(team.id), team, "TEA"), unless_exists=AlreadyExists("It exists."))


def replace_team(work: Work, team: Team, *, version: int) -> None:
    work.replace(_listed(team_key(team.id), team, "TEA"), version=version)


def get_team(team_id: str) -> Team:
    """Raises NotFound."""
    item = table.get(team_key(team_id))
    if item is None:
        raise NotFound("There is no such team.", code="no_such_team")
    return Team.model_validate(item, strict=False)


def newest_teams(*, limit: int, after: str | None) -> tuple[list[Team], str | None]:
    return _newest("TEA", Team, limit=limit, after=after)


def _listed(key: Key, entity: StoredApiKey | Staff | Team, kind: str) -> Item:
    """An entity's item, in the list of its kind."""
    fields = entity.model_dump(mode="json", exclude_none=True)
    return {**key._asdict(), **fields, "gsi1pk": kind, "gsi1sk": entity.id}


def _newest(
    kind: str, model: type[Entity], *, limit: int, after: str | None
) -> tuple[list[Entity], str | None]:
    """A page of the list of a kind, newest first: one call."""
    found = pages.page([Query(kind, index="gsi1")], limit=limit, after=after)
    return [model.model_validate(item, strict=False) for item in found.items], found.after
