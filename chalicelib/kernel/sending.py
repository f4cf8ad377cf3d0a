"""Sends queue messages: one by itself, many in batches of ten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from chalicelib.kernel import aws
from chalicelib.kernel.errors import RapportError, Unavailable
from chalicelib.kernel.table import busy_is_unavailable
from chalicelib.kernel.work import Sending

AT_ONCE = 10
"""Messages that one call takes."""
MAX_BYTES = 250_000
"""Of the messages of one call together; queues of any age take 256 KB."""


def send_all(sendings: Sequence[Sending]) -> list[RapportError | None]:
    """Send messages; for each, None or Unavailable. Raises Unavailable when none of them was taken.

    A message by itself is one call; so are up to ten for one queue.
    """
    if len(sendings) == 1:
        with busy_is_unavailable("queue"):
            aws.sqs().send_message(QueueUrl=sendings[0].queue_url, MessageBody=sendings[0].body)
        return [None]
    errors: dict[int, RapportError] = {}
    for places in _parts(sendings):
        try:
            errors |= _send_part(sendings, places)
        except Unavailable as error:  # the parts before were taken, so this is not the whole request's error
            errors |= dict.fromkeys(places, error)
    if errors and len(errors) == len(sendings):
        raise errors[0]
    return [errors.get(place) for place in range(len(sendings))]


def _send_part(sendings: Sequence[Sending], places: list[int]) -> dict[int, RapportError]:
    """Send what goes together, in one call; the errors of those that the queue did not take."""
    entries: list[Any] = [{"Id": str(place), "MessageBody": sendings[place].body} for place in places]
    with busy_is_unavailable("queue"):
        answer = aws.sqs().send_message_batch(QueueUrl=sendings[places[0]].queue_url, Entries=entries)
    busy = Unavailable("The queue is busy; try again.")
    return {int(failed["Id"]): busy for failed in answer.get("Failed", [])}


def _parts(sendings: Sequence[Sending]) -> Iterator[list[int]]:
    """The places of those that go together."""
    part: list[int] = []
    size = 0
    for place, sending in enumerate(sendings):
        length = len(sending.body.encode())
        other = part and sending.queue_url != sendings[part[0]].queue_url
        if part and (other or len(part) == AT_ONCE or size + length > MAX_BYTES):
            yield part
            part, size = [], 0
        part.append(place)
        size += length
    if part:
        yield part
