"""The queues: how deep they are, waiting until they are empty, and giving dead letters another try."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from local.progress import Failed

_DEPTHS = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


@dataclass(frozen=True)
class Queue:
    """A queue with its depths; `dead_letters` names the queue for its poison, None when it is one itself."""

    name: str
    url: str
    waiting: int
    in_flight: int
    dead_letters: str | None


def all_queues(sqs: Any) -> list[Queue]:
    """Every queue, sorted by name."""
    urls = sqs.list_queues().get("QueueUrls", [])
    return sorted((_queue(sqs, url) for url in urls), key=lambda queue: queue.name)


def _queue(sqs: Any, url: str) -> Queue:
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    policy = json.loads(found.get("RedrivePolicy") or "{}")
    target = policy.get("deadLetterTargetArn")
    waiting, in_flight = (int(found.get(name, 0)) for name in _DEPTHS)
    return Queue(url.rpartition("/")[2], url, waiting, in_flight, target and target.rpartition(":")[2])


def drain(sqs: Any, seconds: float = 8.0) -> bool:
    """Wait until no worker queue holds a message, seen twice in a row; False when the time ran out.

    The emulator forgets what is under way in a table's stream, so it is stopped when all is quiet.
    """
    deadline = time.monotonic() + seconds
    quiet = 0
    while quiet < 2:
        busy = any(queue.waiting + queue.in_flight for queue in all_queues(sqs) if queue.dead_letters)
        quiet = 0 if busy else quiet + 1
        if time.monotonic() > deadline:
            return False
        time.sleep(0.3)
    return True


def redrive(sqs: Any, name: str) -> int:
    """Move all dead letters of the queue back to it; how many. `name` is the queue's or its end.

    The emulator has no StartMessageMoveTask: each letter is received, sent, deleted. Raises Failed.
    """
    queues = all_queues(sqs)
    source = _named(queues, name)
    dead = next(queue for queue in queues if queue.name == source.dead_letters)
    moved = 0
    while letters := _receive(sqs, dead.url):
        for letter in letters:
            attributes = letter.get("MessageAttributes", {})
            sqs.send_message(QueueUrl=source.url, MessageBody=letter["Body"], MessageAttributes=attributes)
            sqs.delete_message(QueueUrl=dead.url, ReceiptHandle=letter["ReceiptHandle"])
            moved += 1
    return moved


def _receive(sqs: Any, url: str) -> list[Any]:
    answer = sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], VisibilityTimeout=30
    )
    found: list[Any] = answer.get("Messages", [])
    return found


def _named(queues: list[Queue], name: str) -> Queue:
    """The worker queue of this name, or the only one whose name ends so."""
    with_dead_letters = [queue for queue in queues if queue.dead_letters]
    exact = [queue for queue in with_dead_letters if queue.name == name]
    found = exact or [queue for queue in with_dead_letters if queue.name.endswith(name.lower())]
    if len(found) != 1:
        names = ", ".join(queue.name for queue in with_dead_letters)
        raise Failed(f"{name!r} is not one queue. Queues with dead letters: {names}")
    return found[0]
