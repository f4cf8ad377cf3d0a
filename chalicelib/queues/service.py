"""What can be done with queues. The call to AWS is the effect; it is recorded right after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.events import EventData, Published
from chalicelib.kernel.work import Work
from chalicelib.queues import cloud, letters, replays
from chalicelib.queues.cloud import Counts, Source
from chalicelib.queues.events import QueuePaused, QueueRedriven, QueueReplayed
from chalicelib.queues.model import (
    DEAD,
    QUEUES,
    DeadLetter,
    NewRedrive,
    NewReplay,
    Queue,
    Redrive,
    Replay,
)

PARTITION = "QUEUES"
"""Where it is recorded what was done with queues."""


def listed() -> list[Queue]:
    """All queues: two calls each, many at a time, and two for all."""
    return _read(QUEUES)


def get(queue: str) -> Queue:
    """One queue: four calls. Raises NotFound."""
    [found] = _read([_known(queue)])
    return found


def _known(queue: str) -> str:
    if queue not in QUEUES:
        raise NotFound("There is no such queue.", code="no_such_queue")
    return queue


def _read(names: Sequence[str]) -> list[Queue]:
    counts = cloud.counts([name + suffix for name in names for suffix in ("", DEAD)])
    sources = cloud.sources()
    figures = cloud.metrics(names, ids.now())
    return [_queue(name, counts, sources.get(name), figures) for name in names]


def _queue(
    name: str,
    counts: Mapping[str, Counts],
    source: Source | None,
    figures: Mapping[tuple[str, str], float],
) -> Queue:
    received, deleted = figures.get((name, "Received")), figures.get((name, "Deleted"))
    oldest = figures.get((name, "Oldest"))
    failed = max(0, int(received - deleted)) if received is not None and deleted is not None else None
    return Queue(
        name=name,
        depth=counts[name].visible,
        in_flight=counts[name].in_flight,
        delayed=counts[name].delayed,
        dead_letters=counts[name + DEAD].visible,
        paused=None if source is None else not source.enabled,
        done_last_hour=None if deleted is None else int(deleted),
        failed_last_hour=failed,
        oldest_seconds=None if oldest is None else int(oldest),
    )


def change(work: Work, queue: str, *, paused: bool) -> Queue:
    """Pause a queue's function, or have it go on. Raises NotFound, Conflict `no_worker`."""
    source = cloud.sources().get(_known(queue))
    if source is None:
        raise Conflict("No function of ours takes what is in it.", code="no_worker")
    if source.enabled is paused:
        cloud.switch(source, enabled=not paused)
        _record(work, QueuePaused(queue=queue, paused=paused))
    return get(queue).model_copy(update={"paused": paused})


def _record(work: Work, event: EventData) -> None:
    work.record(PARTITION, event)


def dead_letters(queue: str) -> list[DeadLetter]:
    """Some messages that were given up: one call. Raises NotFound."""
    found = {message["MessageId"]: message for message in letters.peek(_known(queue))}
    return [_letter(message) for message in found.values()]


def _letter(message: Any) -> DeadLetter:
    attributes, said = message["Attributes"], message.get("MessageAttributes", {})
    try:
        event = Published.of(message["Body"])
        kind: tuple[str | None, str | None] = (event.type[:100], event.id[:100])
    except Invalid:
        kind = (None, None)
    return DeadLetter(
        id=message["MessageId"],
        sent_at=datetime.fromtimestamp(int(attributes["SentTimestamp"]) / 1000, UTC),
        receives=int(attributes.get("ApproximateReceiveCount", 0)),
        event_type=kind[0],
        event_id=kind[1],
        error=said.get("ERROR_CODE", {}).get("StringValue"),
    )


def redrive(work: Work, queue: str, new: NewRedrive) -> Redrive:
    """Have the dead letters come again. Raises NotFound, Conflict `redrive_runs`."""
    letters.redrive(_known(queue), new.rate)
    _record(work, QueueRedriven(queue=queue, rate=new.rate))
    return Redrive(status="RUNNING", moved=0, to_move=None, failure=None)


def redriven(queue: str) -> Redrive:
    """How far the newest redrive came: two calls. Raises NotFound."""
    found = letters.redriven(_known(queue))
    if found is None:
        raise NotFound("Nothing was redriven of late.", code="no_such_redrive")
    return Redrive(
        status=found["Status"],
        moved=found.get("ApproximateNumberOfMessagesMoved", 0),
        to_move=found.get("ApproximateNumberOfMessagesToMove"),
        failure=found.get("FailureReason"),
    )


def start_replay(work: Work, queue: str, new: NewReplay) -> Replay:
    """Have the events of a time come again. With an Idempotency-Key a repeat starts none.

    Raises NotFound, Invalid, Conflict `not_from_the_bus`, `too_many_replays`.
    """
    new.check(work.now)
    key = work.idempotency_key
    identifier = ids.keyed_id("rpl", work.principal.id, key) if key else ids.new_id("rpl", work.now)
    state = replays.start(cloud.prefix() + identifier, _known(queue), new.first, new.last)
    event = QueueReplayed(queue=queue, replay_id=identifier, first=new.first, last=new.last)
    _record(work, event)
    return Replay(id=identifier, queue=queue, state=state)


def replay(queue: str, identifier: str) -> Replay:
    """How far a replay came: one call. Raises NotFound."""
    found = replays.read(cloud.prefix() + identifier)
    if found is None:
        raise NotFound("There is no such replay.", code="no_such_replay")
    until = found.get("EventLastReplayedTime")
    return Replay(
        id=identifier,
        queue=_known(queue),
        state=found["State"],
        replayed_until=until.astimezone(UTC) if until else None,
    )
