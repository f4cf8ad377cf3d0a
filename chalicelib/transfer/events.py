"""What is recorded about imports. Customers' own changes are events of theirs, marked `bulk`."""

from typing import ClassVar

from chalicelib.kernel.events import Continuing, EventData


class ImportCreated(EventData):
    type: ClassVar[str] = "import.created"
    import_id: str


class ImportStarted(Continuing):
    type: ClassVar[str] = "import.started"
    mode: str
    dry_run: bool


class ImportAdvanced(Continuing):
    """A step is done: so many rows so far."""

    type: ClassVar[str] = "import.advanced"
    rows: int


class ImportFinished(EventData):
    """`state` says how: finished, cancelled or failed. `counts` are rows by outcome."""

    type: ClassVar[str] = "import.finished"
    import_id: str
    state: str
    counts: dict[str, int]


class ImportUndoStarted(Continuing):
    type: ClassVar[str] = "import.undo_started"


class ImportUndone(EventData):
    type: ClassVar[str] = "import.undone"
    import_id: str
    counts: dict[str, int]
