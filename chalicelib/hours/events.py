"""What is recorded about calendars; their hours are in the audit trail."""

from typing import ClassVar

from chalicelib.kernel.events import EventData


class CalendarChanged(EventData):
    """`changed` is `created` or `deleted`, else it names the fields."""

    type: ClassVar[str] = "calendar.changed"
    audited: ClassVar[bool] = True
    calendar_id: str
    changed: list[str]
