"""What is recorded about macros."""

from typing import ClassVar

from chalicelib.kernel.events import EventData


class MacroChanged(EventData):
    """`changed` is `created` for a new macro, `deleted` for one that is gone, else it names the fields."""

    type: ClassVar[str] = "macro.changed"
    audited: ClassVar[bool] = True
    macro_id: str
    macro_version: int
    changed: list[str]


class MacroApplied(EventData):
    """`message_id` is the answer or the note, if the macro says anything."""

    type: ClassVar[str] = "macro.applied"
    ticket_id: str
    macro_id: str
    macro_version: int
    message_id: str | None = None
    language: str | None = None
