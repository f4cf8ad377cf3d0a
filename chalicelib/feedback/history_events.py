"""What is recorded of history that is taken over."""

from typing import ClassVar

from chalicelib.kernel.events import Continuing, EventData


class HistoryCreated(EventData):
    type: ClassVar[str] = "feedback_import.created"
    audited: ClassVar[bool] = True
    import_id: str


class HistoryStarted(Continuing):
    type: ClassVar[str] = "feedback_import.started"
    audited: ClassVar[bool] = True


class HistoryAdvanced(Continuing):
    """A step is done: so many rows so far."""

    type: ClassVar[str] = "feedback_import.advanced"
    rows: int


class HistoryFinished(EventData):
    type: ClassVar[str] = "feedback_import.finished"
    import_id: str
    state: str
    accepted: int
