"""The words of a ticket: its statuses and which may follow which, its tags, and what it is to others."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from chalicelib.kernel import ids
from chalicelib.kernel.model import Line, each_once

TicketId = Annotated[str, ids.id_of("tkt")]
Status = Literal["open", "pending", "on_hold", "solved", "closed", "spam"]
STATUSES: tuple[Status, ...] = ("open", "pending", "on_hold", "solved", "closed", "spam")
Tag = Annotated[str, Line(50)]
MAX_TAGS = 20
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS), AfterValidator(each_once)]

ALLOWED: dict[Status, frozenset[Status]] = {
    "open": frozenset({"pending", "on_hold", "solved", "closed", "spam"}),
    "pending": frozenset({"open", "on_hold", "solved", "closed", "spam"}),
    "on_hold": frozenset({"open", "pending", "solved", "closed", "spam"}),
    "solved": frozenset({"open", "closed"}),
    "closed": frozenset({"open"}),
    "spam": frozenset({"open", "closed"}),
}
"""Which status may follow which."""

LinkKind = Literal["related", "parent", "child", "duplicate_of", "duplicated_by"]
REVERSE: dict[LinkKind, LinkKind] = {
    "related": "related",
    "parent": "child",
    "child": "parent",
    "duplicate_of": "duplicated_by",
    "duplicated_by": "duplicate_of",
}
"""What a link is, seen from its other end."""
