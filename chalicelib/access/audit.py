"""The audit trail: who changed what, when, from which value to which. It is the events themselves."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Self

from boto3.dynamodb.conditions import Attr, ConditionBase
from pydantic import ConfigDict, Field

from chalicelib.kernel import ids, pages
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.events import (
    AUDIT_SHARDS,
    PREFIX,
    audit_partition,
    audit_partition_of,
    registry,
)
from chalicelib.kernel.http.paging import PageParameters
from chalicelib.kernel.model import Stored, Utc
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item

LAST_DAY = timedelta(days=1)
MAX_RANGE = timedelta(days=31)
LAST = b"\xff" * 10
"""The random part of the last id of a moment."""

NAMED = {
    "fields": "FIELDS",
    "retention": "RETENTION",
    "rules": "RULES",
    "followups": "FOLLOWUPS",
    "queues": "QUEUES",
}
"""Partitions of what there is one of."""
TOPIC = "topic:"

DAYS_A_PAGE = 8
"""Days that one page reads at most; when they hold too few changes, it is short."""


class AuditQuery(PageParameters):
    entity_id: Annotated[
        str | None,
        Field(
            pattern=f"^([a-z]{{3}}_{ids.ULID_PATTERN}|{'|'.join(NAMED)}|{TOPIC}[a-z][a-z0-9_-]{{0,39}})$",
            description="What was changed: the id of anything, `fields` for custom fields, `retention` for "
            "its rules, `rules` for their order, `followups` for their rules, `queues`, or `topic:` and a "
            "topic's id. Exact at once.",
        ),
    ] = None
    since: Annotated[
        Utc | None,
        Field(alias="from", description="Begin here; else a day before `to`. Not with `entity_id`."),
    ] = None
    until: Annotated[
        Utc | None,
        Field(alias="to", description="End here, 31 days later at most; else now. Not with `entity_id`."),
    ] = None
    actor: Annotated[
        str | None,
        Field(
            pattern=f"^((key|stf)_{ids.ULID_PATTERN}|system)$",
            description="A key's id, or a member of staff's.",
        ),
    ] = None
    type: Annotated[str | None, Field(pattern="^[a-z_]{1,40}[.][a-z_]{1,40}$")] = None


class By(Stored):
    """Who did it: an API key or the system, and the member of staff it acted for."""

    id: str
    staff_id: str | None = None


class Change(Stored):
    """The old and the new value of a field."""

    model_config = ConfigDict(serialize_by_alias=True)
    old: Annotated[Any, Field(alias="from")] = None
    new: Annotated[Any, Field(alias="to")] = None


class AuditEntry(Stored):
    """One change. `data` is what was published of it; `changes` has values, unless they were very long."""

    id: str
    type: str
    occurred_at: Utc
    recorded_at: Utc
    actor: By
    customer_id: str | None = None
    bulk: bool = False
    data: dict[str, Any] = {}
    changes: dict[str, Change] = {}

    @classmethod
    def of(cls, item: Item) -> Self:
        """The entry of an event's item."""
        changes = (item.get("private") or {}).get("changes", {})
        return cls.model_validate({**item, "changes": changes}, strict=False)


def read(query: AuditQuery, at: datetime) -> tuple[list[AuditEntry], str | None]:
    """A page of changes, newest first, and where the next one begins. Raises Invalid."""
    if query.entity_id is None:
        return _between(query, at)
    if query.since or query.until:
        raise Invalid.in_query("entity_id", "has no time range beside it", "one_filter")
    found = pages.page([_of_entity(query, query.entity_id)], limit=query.limit, after=query.cursor)
    return [AuditEntry.of(item) for item in found.items], found.after


def _of_entity(query: AuditQuery, entity_id: str) -> Query:
    """What lists an entity's changes: its own partition, or an index when they lie in another's."""
    where = _matching(query)
    prefix = entity_id[:3]
    if prefix in {data.audited_by[0] for data in registry.values() if data.audited_by}:
        return Query.prefixed(audit_partition_of(entity_id), PREFIX, index="gsi2", where=where)
    if entity_id.startswith(TOPIC):
        partition = f"TOP#{entity_id.removeprefix(TOPIC)}"
    else:
        partition = NAMED.get(entity_id, f"{prefix.upper()}#{entity_id}")
    return Query.prefixed(partition, PREFIX, where=where, consistent=True)


def audited_types() -> list[str]:
    """The types of events that the trail has."""
    return sorted(name for name, data in registry.items() if data.audited)


def _matching(query: AuditQuery) -> ConditionBase:
    """The filter by type and actor."""
    if query.type is not None and query.type not in audited_types():
        raise Invalid.in_query("type", "is no type of change that is audited", "not_audited")
    where: ConditionBase = Attr("type").is_in([query.type] if query.type else audited_types())
    if query.actor:
        where &= Attr("actor.id").eq(query.actor) | Attr("actor.staff_id").eq(query.actor)
    return where


def _between(query: AuditQuery, at: datetime) -> tuple[list[AuditEntry], str | None]:
    """A page of a time range, day by day from its end: four calls a day, made at once.

    The position is a day and the last event seen in it, if any.
    """
    until = query.until or at
    since = query.since or until - LAST_DAY
    if since > until or until.date() - since.date() > MAX_RANGE:
        raise Invalid.in_query("from", "lies before `to`, by 31 days at most", "bad_range")
    begin, _, after = (query.cursor or "").partition("#")
    entries: list[AuditEntry] = []
    for read_days, day in enumerate(_days(since, until, begin)):
        if read_days == DAYS_A_PAGE or len(entries) == query.limit:
            return entries, f"{day}#"
        shards = _shards_of(day, query, since, until)
        found = pages.page(
            shards, limit=query.limit - len(entries), after=after or None, at_once=AUDIT_SHARDS
        )
        entries += [AuditEntry.of(item) for item in found.items]
        if found.after is not None:
            return entries, f"{day}#{found.after}"
        after = ""
    return entries, None


def _days(since: datetime, until: datetime, begin: str) -> list[str]:
    """The days (UTC) of a range, the last one first, from the day `begin` on when one is given."""
    count = (until.date() - since.date()).days
    days = [str(until.date() - timedelta(number)) for number in range(count + 1)]
    return [day for day in days if not begin or day <= begin]


def _shards_of(day: str, query: AuditQuery, since: datetime, until: datetime) -> list[Query]:
    where = _matching(query) if query.type or query.actor else None
    low, high = f"evt_{ids.ulid(since, bytes(10))}", f"evt_{ids.ulid(until, LAST)}"
    return [
        Query(audit_partition(day, shard), index="gsi1", low=low, high=high, where=where)
        for shard in range(AUDIT_SHARDS)
    ]
