"""What is recorded about notices. That one was sent is told by its mail's own events."""

from typing import ClassVar

from chalicelib.kernel.events import EventData


class NoticesChanged(EventData):
    """A member of staff is told of other things from now on; `changed` names the kinds."""

    type: ClassVar[str] = "notices.changed"
    audited: ClassVar[bool] = True
    staff_id: str
    changed: list[str]
