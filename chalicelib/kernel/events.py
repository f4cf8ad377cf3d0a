"""Domain events: the timeline entry, the outbox message and the warehouse row in one item.

`data` is published and can never be called back, so it holds ids, enums, numbers and names of changed
fields. `private` (subjects, previews, old and new values) stays in the table and is erased with it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chalicelib.kernel import ids
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.model import Model, Utc
from chalicelib.kernel.principals import SYSTEM, Principal
from chalicelib.kernel.table import Item

PREFIX = "EVT#"
_PUBLISHED = (
    "id", "type", "version", "occurred_at", "recorded_at",
    "customer_id", "channel", "actor", "bulk", "data",
)  # fmt: skip
AUDIT_SHARDS = 4
"""Partitions that the changes of a day are spread over, so that no single one takes every write."""

MAX_CHANGES = 12_000
"""Characters of old and new values kept with a change; of larger ones only the fields' names are."""

registry: "dict[str, type[EventData]]" = {}
"""Every type of event there is, by name."""


class EventData(Model):
    """What an event says. A subclass names its `type` (`customer.registered`) and declares its fields."""

    type: ClassVar[str]
    version: ClassVar[int] = 1
    audited: ClassVar[bool] = False
    """Whether the audit trail has it: people and keys changed something."""
    audited_by: ClassVar[tuple[str, str] | None] = None
    """Prefix and field of the id by which the audit trail finds it, when it lies in another's partition."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if "type" in cls.__dict__:
            if cls.type in registry:
                raise TypeError(f"two events are named {cls.type}")
            registry[cls.type] = cls


class Waking(EventData):
    """An event after which the entity `wake_id` wants to be woken at `wake_at` (kernel/timers.py)."""

    wake_id: str
    wake_at: Utc


class Continuing(EventData):
    """An event after which the job `job_id` goes on with its step `step` (chalicelib/jobs.py)."""

    job_id: str
    step: int


class Actor(Model):
    """Who caused an event: a key, `system` or `anonymous`; and for whom on the staff, if so."""

    model_config = ConfigDict(extra="ignore")
    id: str | None = None
    staff_id: str | None = None


class Published(Model):
    """An event as the bus hands it to a queue, as far as most workers need it."""

    model_config = ConfigDict(extra="ignore")
    id: str
    type: str
    occurred_at: Utc | None = None
    actor: Actor = Actor()
    customer_id: str | None = None
    bulk: bool = False
    data: dict[str, Any] = {}

    @classmethod
    def of(cls, body: str) -> "Published":
        """The event in a queue message. Raises Invalid `unreadable_event`."""
        try:
            message = _Message.model_validate_json(body)
        except ValidationError:
            raise Invalid("This is no event of ours.", code="unreadable_event") from None
        # What an archive replays is history, however new it was when it was archived.
        return message.detail.model_copy(update={"bulk": True}) if message.replay else message.detail


class _Message(Model):
    model_config = ConfigDict(extra="ignore")
    detail: Published
    replay: Annotated[str | None, Field(alias="replay-name")] = None


def changes(before: BaseModel, after: BaseModel, names: Iterable[str]) -> dict[str, Any] | None:
    """Old and new values of these fields, for `private`; None when that is too long to keep."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return values((name, old[name], new[name]) for name in names)


def values(changed: Iterable[tuple[str, Any, Any]]) -> dict[str, Any] | None:
    """The same, of fields given with their old and new values."""
    found = {name: {"from": old, "to": new} for name, old, new in changed}
    return {"changes": found} if len(str(found)) <= MAX_CHANGES else None


def audit_partition(day: str, shard: int) -> str:
    """The partition of index gsi1 that lists a shard of the changes of a day (UTC)."""
    return f"AUDIT#{day}#{shard}"


def audit_partition_of(entity_id: str) -> str:
    """The partition of index gsi2 that lists the changes of an entity that has no partition of its own."""
    return f"AUDIT#{entity_id}"


def _audit_keys(data: EventData, item: Item, recorded_at: datetime) -> Item:
    """Where the audit trail finds an event: by day what people and keys did one by one.

    By the day when it was recorded: what is said to have occurred long ago is found by who looks today.
    """
    keys: Item = {}
    if data.audited and not item["bulk"] and item["actor"]["id"] != SYSTEM.id:
        shard = ord(item["id"][-1]) % AUDIT_SHARDS
        late = item["occurred_at"] != item["recorded_at"]
        place = f"evt_{ids.ulid(recorded_at)}" if late else item["id"]
        keys |= {"gsi1pk": audit_partition(item["recorded_at"][:10], shard), "gsi1sk": place}
    if data.audited and data.audited_by:
        entity_id = getattr(data, data.audited_by[1])
        keys |= {"gsi2pk": audit_partition_of(entity_id), "gsi2sk": item["sk"]}
    return keys


def event_item(
    partition: str,
    data: EventData,
    *,
    principal: Principal,
    recorded_at: datetime,
    occurred_at: datetime | None = None,
    customer_id: str | None = None,
    channel: str | None = None,
    bulk: bool = False,
    private: dict[str, Any] | None = None,
    once: tuple[str, ...] = (),
    expires_at: int | None = None,
) -> Item:
    """The item of an event. It sorts by when it occurred, which is never after it was recorded.

    Its id follows from the time and from `once`, when given: then a repeat makes the same item.
    """
    occurred = min(occurred_at or recorded_at, recorded_at)
    identifier = ids.derived_id("evt", occurred, *once).removeprefix("evt_") if once else ids.ulid(occurred)
    item: Item = {
        "pk": partition,
        "sk": PREFIX + identifier,
        "id": f"evt_{identifier}",
        "type": data.type,
        "version": data.version,
        "occurred_at": ids.stamp(occurred),
        "recorded_at": ids.stamp(recorded_at),
        "actor": {"id": principal.id, "staff_id": principal.actor},
        "bulk": bulk,
        "data": data.model_dump(mode="json", exclude_none=True),
        "customer_id": customer_id,
        "channel": channel,
        "private": private,
    }
    item |= _audit_keys(data, item, recorded_at)
    item |= {"expires_at": expires_at} if expires_at else {}
    return {name: value for name, value in item.items() if value is not None}


def envelope(item: Item) -> dict[str, Any]:
    """What the bus carries of an event: everything but `private` and the keys."""
    return {name: item.get(name) for name in _PUBLISHED}
