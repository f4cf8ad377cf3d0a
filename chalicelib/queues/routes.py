"""Queues over HTTP, for whoever operates this."""

from __future__ import annotations

from chalicelib.kernel.http.routes import Routes
from chalicelib.kernel.work import Work
from chalicelib.queues import service as queues
from chalicelib.queues.model import (
    DeadLetters,
    NewRedrive,
    NewReplay,
    Queue,
    QueueName,
    QueuePatch,
    Queues,
    Redrive,
    Replay,
    ReplayName,
)

routes = Routes("Queues", __name__)


@routes.get("/v1/queues", scope="ops:read")
def list_queues() -> Queues:
    """List all queues: how much waits, how much was done and failed in the last hour, what was given up."""
    return Queues(data=queues.listed())


@routes.get("/v1/queues/{queue}", scope="ops:read")
def read_queue(queue: QueueName) -> Queue:
    """Read one queue."""
    return queues.get(queue)


@routes.patch("/v1/queues/{queue}", scope="ops:write")
def change_queue(queue: QueueName, body: QueuePatch, work: Work) -> Queue:
    """Pause a queue, or have it go on: its function takes no messages meanwhile. Takes a minute to hold."""
    return queues.change(work, queue, paused=body.paused)


@routes.get("/v1/queues/{queue}/dead-letters", scope="ops:read")
def list_dead_letters(queue: QueueName) -> DeadLetters:
    """Look at some messages that were given up, ten at most; they stay. What they say is not shown."""
    return DeadLetters(data=queues.dead_letters(queue))


@routes.post("/v1/queues/{queue}/redrive", scope="ops:write", status=202)
def redrive_queue(queue: QueueName, body: NewRedrive, work: Work) -> Redrive:
    """Have the dead letters come again: SQS moves them back. What was done before is found done.

    409 `redrive_runs` while they are moved, `not_supported_here` on a cloud that cannot.
    """
    return queues.redrive(work, queue, body)


@routes.get("/v1/queues/{queue}/redrive", scope="ops:read")
def read_redrive(queue: QueueName) -> Redrive:
    """Read how far the newest redrive came."""
    return queues.redriven(queue)


@routes.post("/v1/queues/{queue}/replay", scope="ops:write", status=202)
def replay_queue(queue: QueueName, body: NewReplay, work: Work) -> Replay:
    """Have the bus's events of a time come again, from its archive, to this queue alone.

    They say `bulk` then: webhooks, notices and follow-ups skip them; what is computed is computed again.
    409 `not_supported_here` where there is no archive.
    """
    return queues.start_replay(work, queue, body)


@routes.get("/v1/queues/{queue}/replay/{replay_id}", scope="ops:read")
def read_replay(queue: QueueName, replay_id: ReplayName) -> Replay:
    """Read how far a replay came."""
    return queues.replay(queue, replay_id)
