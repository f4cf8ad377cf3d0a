"""What is recorded about follow-ups; titles and notes are private."""

from typing import ClassVar

from chalicelib.kernel.events import EventData, Waking


class TaskCreated(EventData):
    type: ClassVar[str] = "task.created"
    task_id: str
    owner: str


class TaskChanged(EventData):
    """`changed` names the fields; `state` is the one it has now."""

    type: ClassVar[str] = "task.changed"
    task_id: str
    task_version: int
    changed: list[str]
    state: str


class TaskDone(EventData):
    type: ClassVar[str] = "task.done"
    task_id: str
    task_version: int


class TaskScheduled(Waking):
    """Sets the timer of the reminder."""

    type: ClassVar[str] = "task.scheduled"
    task_id: str


class TaskReminded(EventData):
    """`message_id` is the mail to the owner; none went to an owner who left."""

    type: ClassVar[str] = "task.reminded"
    task_id: str
    message_id: str | None = None


class TaskDeleted(EventData):
    type: ClassVar[str] = "task.deleted"
    task_id: str
