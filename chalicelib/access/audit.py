"""The audit trail: who changed what, when, from which value to which. It is the events themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from boto3.dynamodb.conditions import Attr, ConditionBase
from pydantic import Field

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
from chalicelib.kernel.pages import HIGHEST, Query
from chalicelib.kernel.table import Item

LAST_DAY = timedelta(days=1)
MAX_RANGE = timedelta(days=31)
DAYS_A_PAGE = 8
"""Days that one page reads at most; when they hold too few changes, it is short."""


class AuditQuery(PageParameters):
    entity_id: Annotated[
        str | None,
        Field(
            pattern=f"^([a-z]{{3}}_{ids.ULID_PATTERN}|fields)$",
            description="What was changed: the id of anything, or `fields` for custom fields. Exact at once.",
        ),
    ] = None
    since: Annotated[
        Utc | None, Field(alias="from", description="Begin here; else a day before `to`. Not with `entity_id`.")
    ] = None
    until: Annotated[
        Utc | None, Field(alias="to", description="End here, 31 days later at most; else now. Not with `entity_id`.")
    ] = None
    actor: Annotated[
        str | None,
        Field(pattern=f"^((key|stf)_{ids.ULID_PATTERN}|system)$", description="A key's id, or a member of staff's."),
    ] = None
    type: Annotated[str | None, Field(pattern="^[a-z_]{1,40}[.][a-z_]{1,40}$")] = None


class By(Stored):
    """Who did it: an API key or the system, and the member of staff it acted for."""

    id: str
    staff_id: str | None = None


class Change(Stored):
    """The old and the new value of a field."""

    old: Annotated[Any, Field(alias="from")] = None
    new: Annotated[Any, Field(alias="to")] = None


class AuditEntry(Stored):
    """One change. `data` is what was published of it; `changes` has values, unless they were very long."""

    id: str
    type: str
    occurred_at: Utc
    actor: By
    customer_id: str | None = None
    bulk: bool = False
    data: dict[str, Any] = {}
    changes: dict[str, Change] = {}

    @classmethod
    def of(cls, item: Item) -> AuditEntry:
        """The entry of an event's item."""
        changes = (item.get("private") or {}).get("changes", {})
        return cls.model_validate({**item, "changes": changes}, strict=False)


def read(query: AuditQuery, at: datetime) -> tuple[list[AuditEntry], str | None]:
    """A page of changes, newest first, and where the next one begins. Raises Invalid for a bad range."""
    if query.entity_id is not None:
        return _of_entity(query, query.entity_id)
    until = query.until or at
    since = query.since or until - LAST_DAY
    if not timedelta(0) <= until - since <= MAX_RANGE:
        raise Invalid.in_query("from", "lies before `to`, by 31 days at most", "bad_range")
    return _between(query, since, until)


def _of_entity(query: AuditQuery, entity_id: str) -> tuple[list[AuditEntry], str | None]:
    """The changes of one entity: one call; strongly consistent where they lie in its own partition."""
    if query.since or query.until:
        raise Invalid.in_query("entity_id", "has no time range beside it", "one_filter")
    prefix = entity_id[:3]
    where = _by(query.actor) & Attr("type").is_in(_types(query.type))
    if prefix in _listed_prefixes():
        listed = Query.prefixed(audit_partition_of(entity_id), PREFIX, index="gsi2", where=where)
        found = pages.page([listed], limit=query.limit, after=query.cursor)
    else:
        partition = "FIELDS" if entity_id == "fields" else f"{prefix.upper()}#{entity_id}"
        own = Query.prefixed(partition, PREFIX, where=where, consistent=True)
        found = pages.page([own], limit=query.limit, after=query.cursor)
    return [AuditEntry.of(item) for item in found.items], found.after
