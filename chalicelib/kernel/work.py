"""Work: the writes and events of one request or message, committed as one transaction (kernel/commit.py).

Every write names the error that its failed condition means. Where the error depends on what is there
(who holds this address?), name a function from the old item to the error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from boto3.dynamodb.conditions import Attr, ConditionBase, ConditionExpressionBuilder

from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict, RapportError, Repeated, Stale
from chalicelib.kernel.events import EventData, event_item
from chalicelib.kernel.principals import SYSTEM, Principal
from chalicelib.kernel.table import Item, Key, encode, encode_item, key_of

Failure = RapportError | Callable[[Item | None], RapportError]
ABSENT = {
    "ConditionExpression": "attribute_not_exists(pk)",
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}
"""That a key is free. Written out, since building it is dear where thousands are put."""
ABSENT_OR_EXPIRED = ABSENT | {"ConditionExpression": "attribute_not_exists(pk) OR expires_at <= :now"}
"""The same for a kind of item that expires; an engine takes half as long again to check it."""

Kind = Literal["Put", "Update", "Delete", "ConditionCheck"]


@dataclass
class Write:
    """One action of a transaction. `additions` is set when it only adds to counters, so it can be summed."""

    kind: Kind
    key: Key
    request: dict[str, Any]
    failure: Failure | None = None
    additions: dict[str, int] | None = None

    def error(self, old: Item | None) -> RapportError:
        """What the failed condition of this write means."""
        if self.failure is None:
            return Conflict("A condition of this change failed.")
        return self.failure if isinstance(self.failure, RapportError) else self.failure(old)


@dataclass(frozen=True)
class Sending:
    """A message for a queue, the effect of public ingest."""

    queue_url: str
    body: str


@dataclass
class Work:
    """Collects what one request or message changes. `expected_version` is the caller's If-Match."""

    now: datetime = field(default_factory=ids.now)
    principal: Principal = SYSTEM
    expected_version: int | None = None
    idempotency_key: str | None = None
    bulk: bool = False
    writes: list[Write] = field(default_factory=list)
    sending: Sending | None = None

    def put(self, item: Item, *, unless_exists: Failure, or_when: ConditionBase | None = None) -> None:
        """Add an item whose key must be free; an expired item does not hold it, nor one that is `or_when`.

        Items of one kind all expire or none does, so only one that expires can meet an expired one.
        """
        request: dict[str, Any] = {"Item": encode_item(item)}
        if or_when is not None:
            self._add("Put", key_of(item), request, Attr("pk").not_exists() | or_when, unless_exists)
            return
        request |= ABSENT_OR_EXPIRED if "expires_at" in item else ABSENT
        if "expires_at" in item:
            request["ExpressionAttributeValues"] = {":now": encode(int(self.now.timestamp()))}
        self._add("Put", key_of(item), request, None, unless_exists)

    def overwrite(self, item: Item) -> None:
        """Put an item whatever was there: only for content that is the same in every repeat."""
        self._add("Put", key_of(item), {"Item": encode_item(item)}, None, None)

    def replace(self, item: Item, *, version: int) -> None:
        """Put the next version of an entity. Raises Stale when it is no longer at `version`."""
        stale = Stale("The entity changed meanwhile; read it again.")
        self._add("Put", key_of(item), {"Item": encode_item(item)}, Attr("version").eq(version), stale)

    def delete(self, key: Key, *, when: ConditionBase | None = None, failure: Failure | None = None) -> None:
        """Remove an item; without a condition, whether or not it is there."""
        self._add("Delete", key, {"Key": encode_item(key._asdict())}, when, failure)

    def require(self, key: Key, failure: Failure, *, when: ConditionBase | None = None) -> None:
        """Commit only if the item exists (and meets `when`). The same again changes nothing."""
        condition = when if when is not None else Attr("pk").exists()
        self._add("ConditionCheck", key, {"Key": encode_item(key._asdict())}, condition, failure)
        *earlier, last = self.writes
        if any((write.kind, write.request) == (last.kind, last.request) for write in earlier):
            self.writes.pop()

    def update(
        self,
        key: Key,
        *,
        assign: Mapping[str, Any] | None = None,
        add: Mapping[str, int] | None = None,
        remove: Sequence[str] = (),
        when: ConditionBase,
        failure: Failure,
    ) -> None:
        """Set, add to and remove attributes of an existing item under a condition."""
        names: dict[str, str] = {}
        values: dict[str, Any] = {}
        parts = []
        for verb, link, given in (("SET", " = ", assign or {}), ("ADD", " ", add or {})):
            marks = [f"{verb.lower()}{place}" for place in range(len(given))]
            for mark, (name, value) in zip(marks, given.items(), strict=True):
                names[f"#{mark}"], values[f":{mark}"] = name, encode(value)
            if given:
                parts.append(f"{verb} " + ", ".join(f"#{mark}{link}:{mark}" for mark in marks))
        names |= {f"#r{place}": name for place, name in enumerate(remove)}
        if remove:
            parts.append("REMOVE " + ", ".join(f"#r{place}" for place in range(len(remove))))
        request = {
            "Key": encode_item(key._asdict()),
            "UpdateExpression": " ".join(parts),
            "ExpressionAttributeNames": names,
            **({"ExpressionAttributeValues": values} if values else {}),
        }
        self._add("Update", key, request, when, failure)

    def count(self, key: Key, additions: Mapping[str, int]) -> None:
        """Add whole numbers to counters; the item appears with the first one."""
        self.writes.append(Write("Update", key, {}, additions=dict(additions)))

    def send(self, queue_url: str, body: str) -> None:
        """Make one queue message this work's only effect."""
        self.sending = Sending(queue_url, body)

    def record(
        self,
        partition: str,
        data: EventData,
        *,
        customer_id: str | None = None,
        channel: str | None = None,
        occurred_at: datetime | None = None,
        recorded_at: datetime | None = None,
        private: dict[str, Any] | None = None,
        once: tuple[str, ...] = (),
        expires_at: int | None = None,
    ) -> Item:
        """Record a domain event in the partition of whom it is about; returns its item.

        One that only wakes a worker, and is no part of anybody's history, may expire (epoch seconds).
        One that must not tell its moment says that it was recorded at another one.

        With `once`, what the change is known by, the event is the change's own track: the same change made
        again, from a Work of the same time, fails with Repeated before anything else does.
        """
        item = event_item(
            partition,
            data,
            principal=self.principal,
            recorded_at=recorded_at or self.now,
            occurred_at=occurred_at,
            customer_id=customer_id,
            channel=channel,
            bulk=self.bulk,
            private=private,
            once=once,
            expires_at=expires_at,
        )
        repeated = Repeated("This was recorded before.") if once else None
        request = {"Item": encode_item(item), **(ABSENT if once else {})}
        self._add("Put", key_of(item), request, None, repeated)
        if once:
            self.writes.insert(0, self.writes.pop())
        return item

    def check_version(self, version: int) -> None:
        """Raise Stale when the caller's If-Match names another version."""
        if self.expected_version not in (None, version):
            raise Stale("The entity has another version than If-Match says.", version=version)

    def _add(
        self,
        kind: Kind,
        key: Key,
        request: dict[str, Any],
        when: ConditionBase | None,
        failure: Failure | None,
    ) -> None:
        if when is not None:
            built = ConditionExpressionBuilder().build_expression(when)
            request["ConditionExpression"] = built.condition_expression
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
            names = {**request.get("ExpressionAttributeNames", {}), **built.attribute_name_placeholders}
            values = {
                **request.get("ExpressionAttributeValues", {}),
                **encode_item(built.attribute_value_placeholders),
            }
            request["ExpressionAttributeNames"] = names
            if values:
                request["ExpressionAttributeValues"] = values
        self.writes.append(Write(kind, key, request, failure))
