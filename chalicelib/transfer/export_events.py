"""What is recorded about exports; the filter is private, since a tag may say something of people."""

from typing import ClassVar

from chalicelib.kernel.events import Continuing, EventData


class ExportRequested(Continuing):
    type: ClassVar[str] = "export.requested"
    audited: ClassVar[bool] = True
    format: str


class ExportAdvanced(Continuing):
    type: ClassVar[str] = "export.advanced"


class ExportFinished(EventData):
    type: ClassVar[str] = "export.finished"
    export_id: str
    rows: int


class ExportFailed(EventData):
    type: ClassVar[str] = "export.failed"
    export_id: str
    reason: str


class ExportCancelled(EventData):
    type: ClassVar[str] = "export.cancelled"
    audited: ClassVar[bool] = True
    export_id: str
