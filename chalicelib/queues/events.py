"""What is recorded of operating queues."""

from typing import ClassVar

from chalicelib.kernel.events import EventData
from chalicelib.kernel.model import Utc


class QueuePaused(EventData):
    type: ClassVar[str] = "queue.paused"
    audited: ClassVar[bool] = True
    queue: str
    paused: bool


class QueueRedriven(EventData):
    type: ClassVar[str] = "queue.redriven"
    audited: ClassVar[bool] = True
    queue: str
    rate: int | None = None


class QueueReplayed(EventData):
    type: ClassVar[str] = "queue.replayed"
    audited: ClassVar[bool] = True
    queue: str
    replay_id: str
    first: Utc
    last: Utc
