"""What is recorded about candidates."""

from typing import ClassVar

from chalicelib.kernel.events import EventData


class DuplicateDismissed(EventData):
    """Somebody said that these two are not one person."""

    type: ClassVar[str] = "duplicate.dismissed"
    audited: ClassVar[bool] = True
    duplicate_id: str
    customer_id: str
    other_id: str
