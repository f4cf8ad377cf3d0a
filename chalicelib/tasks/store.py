"""The items of follow-ups, listed by owner, by customer, and all of a state, each by due time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from typing import Any

from boto3.dynamodb.conditions import And, Attr, ConditionBase

from chalicelib.kernel import pages, table
from chalicelib.kernel.errors import AlreadyExists, NotFound, Stale
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.pages import HIGHEST, LOWEST, Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.tasks.model import State, Task

SHARDS = 4
"""Partitions that the list of all is spread over, so that no single one takes every write."""


def task_key(task_id: str) -> Key:
    return Key(f"TSK#{task_id}", "TASK")


def _item(task: Task) -> Item:
    place = f"{stamp(task.due_at)}#{task.id}"
    return {
        **task_key(task.id)._asdict(),
        **task.model_dump(mode="json", exclude_none=True),
        "gsi1pk": f"TSK#OWNER#{task.owner}#{task.state}",
        "gsi1sk": place,
        "gsi2pk": f"TSK#CUS#{task.customer_id}#{task.state}",
        "gsi2sk": place,
        "gsi3pk": f"TSK#STATE#{task.state}#{ord(task.id[-1]) % SHARDS}",
        "gsi3sk": place,
    }


def add(work: Work, task: Task) -> None:
    work.put(_item(task), unless_exists=AlreadyExists("This task exists."))


def replace(work: Work, task: Task) -> None:
    """Write the next version. Fails with Stale when the task changed meanwhile."""
    work.replace(_item(task), version=task.version - 1)


def remove(work: Work, task: Task) -> None:
    """Fails with Stale when the task changed meanwhile."""
    unchanged = Attr("version").eq(task.version)
    work.delete(task_key(task.id), when=unchanged, failure=Stale("The task changed meanwhile."))


def get(task_id: str) -> Task:
    """Raises NotFound."""
    item = table.get(task_key(task_id))
    if item is None:
        raise NotFound("There is no such task.", code="no_such_task")
    return _task(item)


def _task(item: Item) -> Task:
    return Task.model_validate(item, strict=False)


def by_due(
    *,
    states: Sequence[State],
    owner: str | None = None,
    group: Sequence[str] = (),
    ticket_ids: Sequence[str] = (),
    due_from: datetime | None = None,
    due_to: datetime | None = None,
    limit: int,
    after: str | None = None,
) -> tuple[list[Task], str | None]:
    """A page in the order of the due times, from `due_from` on and before `due_to`.

    Of customers (`group`, the ids they go by), perhaps of these tickets of theirs, of an owner, or all: one
    call a partition.
    """
    bounds: dict[str, Any] = {"low": stamp(due_from) if due_from else LOWEST, "ascending": True}
    bounds["high"] = stamp(due_to) if due_to else HIGHEST
    if group:
        conditions: list[ConditionBase] = [Attr("owner").eq(owner)] if owner else []
        conditions += [Attr("ticket_id").is_in(list(ticket_ids))] if ticket_ids else []
        bounds["where"] = reduce(And, conditions) if conditions else None
        partitions = [("gsi2", f"TSK#CUS#{one}#{state}") for one in group for state in states]
    elif owner:
        partitions = [("gsi1", f"TSK#OWNER#{owner}#{state}") for state in states]
    else:
        partitions = [("gsi3", f"TSK#STATE#{state}#{shard}") for state in states for shard in range(SHARDS)]
    queries = [Query(partition, index=index, **bounds) for index, partition in partitions]
    found = pages.page(queries, limit=limit, after=after)
    return [_task(item) for item in found.items], found.after
