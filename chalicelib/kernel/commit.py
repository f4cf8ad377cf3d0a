"""Commits Works: one transaction each, or several Works packed into as few transactions as fit.

DynamoDB refuses a transaction that names one key twice, so additions to one counter are summed, one check
stands for all that ask the same, and any other shared key moves the later Work to a later transaction. When
one is cancelled, the reasons point to the guilty Works by index: those leave with their error, the rest are
tried again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.kernel import aws
from chalicelib.kernel.config import settings
from chalicelib.kernel.errors import Invalid, RapportError, Unavailable
from chalicelib.kernel.sending import send_all
from chalicelib.kernel.table import Key, busy_is_unavailable, decode_item, encode_item
from chalicelib.kernel.work import Work, Write

MAX_ACTIONS = 100
MAX_BYTES = 3_500_000
"""Below DynamoDB's 4 MB, since our estimate counts escaped text, not DynamoDB's own encoding."""

ATTEMPTS = 9
"""Tries against other transactions on the same items; with jitter about two seconds in all."""


@dataclass
class _Batch:
    """Works that share one transaction, and the action each of their writes became."""

    works: list[int] = field(default_factory=list)
    writes: dict[Key, Write] = field(default_factory=dict)
    owners: dict[Key, list[tuple[int, Write]]] = field(default_factory=dict)
    size: int = 0
    postponed: set[Key] = field(default_factory=set)
    """What the Works that had to wait will write: no later Work overtakes them on it."""

    def take(self, index: int, work: Work) -> bool:
        """Add a Work unless it does not fit, or shares a key other than to add to it or to check it alike."""
        if self._fits(work):
            for write in work.writes:
                self._merge(index, write)
            self.works.append(index)
            return True
        self.postponed.update(write.key for write in work.writes if write.kind != "ConditionCheck")
        return False

    def _fits(self, work: Work) -> bool:
        shared = [write for write in work.writes if write.key in self.writes]
        new = len(work.writes) - len(shared)
        if self.works and len(self.writes) + new > MAX_ACTIONS:
            return False
        if any(write.key in self.postponed and write.additions is None for write in work.writes):
            return False
        if not all(_can_share(self.writes[write.key], write) for write in shared):
            return False
        size = sum(len(ascii(write.request)) for write in work.writes if write.request)  # dear, so done last
        if self.works and self.size + size > MAX_BYTES:
            return False
        self.size += size
        return True

    def _merge(self, index: int, write: Write) -> None:
        self.owners.setdefault(write.key, []).append((index, write))
        held = self.writes.get(write.key)
        if held is not None:
            if write.kind == "ConditionCheck":
                return
            total = dict(held.additions or {})
            for name, amount in (write.additions or {}).items():
                total[name] = total.get(name, 0) + amount
            write = Write("Update", write.key, {}, additions=total)
        self.writes[write.key] = write


def _can_share(held: Write, write: Write) -> bool:
    """Whether one action can stand for both writes: additions are summed, equal checks are made once."""
    if held.kind == write.kind == "ConditionCheck":
        return held.request == write.request
    return held.additions is not None and write.additions is not None


def commit(work: Work) -> None:
    """Commit one Work. Raises the error of its first failed condition, or Unavailable."""
    error = commit_all([work])[0]
    if error is not None:
        raise error


def commit_all(works: Sequence[Work]) -> list[RapportError | None]:
    """Commit Works together; the answer says for each, by index, None or why it was not done.

    Raises Unavailable when the cloud is; then some may be done.
    """
    errors: dict[int, RapportError] = {}
    senders = [index for index, work in enumerate(works) if work.sending is not None]
    if senders:
        sent = send_all([sending for work in works if (sending := work.sending) is not None])
        errors = {index: error for index, error in zip(senders, sent, strict=True) if error is not None}
    pending = [index for index, work in enumerate(works) if work.writes]
    for index in [index for index in pending if _names_a_key_twice(works[index])]:
        pending.remove(index)
        errors[index] = Invalid("One change names the same item twice.", code="duplicate_write")
    tries = 0
    while pending:
        batch = _Batch()
        later = [index for index in pending if not batch.take(index, works[index])]
        outcome = _write(batch, works)
        tries = tries + 1 if outcome.contended else 0
        if tries == ATTEMPTS:
            busy = Unavailable("The data is busy; try again.")
            outcome, tries = _Outcome(dict.fromkeys(batch.works, busy)), 0
        elif outcome.contended:
            time.sleep(random.uniform(0, min(0.5, 0.01 * 2**tries)))  # noqa: S311 - jitter, not a secret
        errors.update(outcome.errors)
        pending = sorted([*outcome.again, *later])
    return [errors.get(index) for index in range(len(works))]


def _names_a_key_twice(work: Work) -> bool:
    """Whether a key comes twice, other than in additions, which are summed."""
    added = {write.key for write in work.writes if write.additions is not None}
    others = [write.key for write in work.writes if write.additions is None]
    return len(set(others)) < len(others) or not added.isdisjoint(others)


@dataclass
class _Outcome:
    """What came of one transaction: who left it with which error, and who is to be tried again."""

    errors: dict[int, RapportError] = field(default_factory=dict)
    again: list[int] = field(default_factory=list)
    contended: bool = False


def _write(batch: _Batch, works: Sequence[Work]) -> _Outcome:
    client = aws.dynamodb()
    try:
        with busy_is_unavailable():
            client.transact_write_items(TransactItems=[action(write) for write in batch.writes.values()])
    except client.exceptions.TransactionCanceledException as cancelled:
        errors = _guilty(batch, cancelled.response.get("CancellationReasons", []))
        again = [index for index in batch.works if index not in errors]
        return _Outcome(errors, again, contended=not errors)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationException":
            raise
        if len(batch.works) == 1:
            return _Outcome({batch.works[0]: _refused()})
        alone = {index: commit_all([works[index]])[0] for index in batch.works}
        return _Outcome({index: error for index, error in alone.items() if error is not None})
    return _Outcome()


def _refused() -> RapportError:
    return Invalid("The database refuses this change.", code="refused_by_table")


def _guilty(batch: _Batch, reasons: Sequence[Any]) -> dict[int, RapportError]:
    """Whose condition failed, with the error the write names; nobody when there was only contention."""
    guilty: dict[int, RapportError] = {}
    for write, reason in zip(batch.writes.values(), reasons, strict=True):
        code = reason.get("Code")
        if code == "ConditionalCheckFailed":
            old = reason.get("Item")
            item = decode_item(old) if old else None
            for index, own in batch.owners[write.key]:
                guilty.setdefault(index, own.error(item))
        elif code == "ValidationError":
            for index, _ in batch.owners[write.key]:
                guilty.setdefault(index, _refused())
    return guilty


def action(write: Write) -> Any:
    """A write as DynamoDB's transaction takes it."""
    request = dict(write.request)
    if write.additions is not None:
        names = {f"#a{place}": name for place, name in enumerate(write.additions)}
        values = {f":a{place}": amount for place, amount in enumerate(write.additions.values())}
        request = {
            "Key": encode_item(write.key._asdict()),
            "UpdateExpression": "ADD " + ", ".join(f"#a{place} :a{place}" for place in range(len(names))),
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": encode_item(values),
        }
    return {write.kind: {"TableName": settings().table, **request}}
