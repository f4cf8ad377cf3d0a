"""A queue as whoever operates it sees it: how much waits, how much it does, what it gave up."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.ids import ULID_PATTERN
from chalicelib.kernel.model import Model, Utc

QUEUES = (
    "feedback",
    "inbound-mail",
    "outbound-mail",
    "outbound-campaigns",
    "mail-events",
    "timers",
    "customer-index",
    "ticket-index",
    "duplicates",
    "tally",
    "summaries",
    "jobs",
    "notices",
    "follow-ups",
    "suggestions",
    "invitations",
    "webhooks",
    "workflow",
)
"""Ours; programs of your own take what is in `workflow`."""

DEAD = "-dead-letters"
WINDOW = timedelta(hours=1)
"""Over which throughput and failures are told."""
LONGEST = timedelta(days=30)
"""The longest time that the archive keeps, and so that a replay spans."""

QueueName = Annotated[str, Field(pattern="^[a-z][a-z-]{0,39}$", examples=["feedback"])]
Unknown = Annotated[int | None, Field(description="Null where CloudWatch has no figure.")]


class Queue(Model):
    """Messages, about, as SQS counts them; figures of the last hour, as CloudWatch has them, minutes late."""

    name: str
    depth: Annotated[int, Field(description="Wait to be taken.")]
    in_flight: Annotated[int, Field(description="Are being worked on, or wait to come again.")]
    delayed: int
    dead_letters: Annotated[int, Field(description="Were given up after five tries.")]
    paused: Annotated[
        bool | None, Field(description="Null: no function of ours takes them, or none is there.")
    ]
    done_last_hour: Unknown
    failed_last_hour: Annotated[int | None, Field(description="Tries that failed; each comes again, later.")]
    oldest_seconds: Annotated[int | None, Field(description="How long the oldest has waited.")]


class Queues(Model):
    data: list[Queue]


class QueuePatch(Model):
    """A JSON Merge Patch. A paused queue keeps what comes for four days."""

    paused: bool = False


class DeadLetter(Model):
    """A message that was given up. Of an event, which one; what it says is not shown."""

    id: str
    sent_at: Utc
    receives: int
    event_type: str | None
    event_id: str | None
    error: Annotated[str | None, Field(description="Why the bus could not deliver it, if that was it.")]


class DeadLetters(Model):
    """Some of them, ten at most, in no order."""

    data: list[DeadLetter]


class NewRedrive(Model):
    rate: Annotated[
        int | None, Field(ge=1, le=500, description="Messages a second; without it as fast as SQS goes.")
    ] = None


class Redrive(Model):
    """The newest move of dead letters back to their queue."""

    status: Literal["RUNNING", "COMPLETED", "CANCELLING", "CANCELLED", "FAILED"]
    moved: int
    to_move: int | None
    failure: str | None


class NewReplay(Model):
    """The events of a time, again, to the rules that feed one queue."""

    first: Annotated[Utc, Field(alias="from")]
    last: Annotated[Utc, Field(alias="to")]

    def check(self, now: datetime) -> None:
        """Raise Invalid for a time that is empty, not over, or longer than the archive keeps."""
        if not self.first < self.last <= now:
            raise Invalid.in_body("to", "must lie behind `from` and not in the future", "invalid_range")
        if self.last - self.first > LONGEST:
            raise Invalid.in_body("from", "must lie 30 days before `to` at most", "invalid_range")


ReplayName = Annotated[str, Field(pattern=f"^rpl_{ULID_PATTERN}$")]


class Replay(Model):
    """Events that come again say `bulk`: webhooks and follow-ups skip them."""

    id: ReplayName
    queue: str
    state: str
    replayed_until: Utc | None = None
