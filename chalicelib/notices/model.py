"""Of what somebody on the staff is told, and how often."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field

from chalicelib.kernel.model import Model, Stored

Kind = Literal["assigned", "mentioned", "replied", "sla_warning", "sla_breached"]

MOST_AN_HOUR = 20
"""Notices of one kind that somebody gets in an hour; the last one says that no more come in it."""
MOST_MEMBERS = 20
"""Members of a team who are told of a ticket that has no assignee."""

Assigned = Annotated[bool, Field(description="Somebody else, or a rule, assigned a ticket to them.")]
Mentioned = Annotated[bool, Field(description="Somebody else named them in a note.")]
Replied = Annotated[
    bool, Field(description="A person wrote on a ticket of theirs, or of their team that nobody has.")
]
Warned = Annotated[bool, Field(description="Something is due soon on such a ticket.")]
Breached = Annotated[bool, Field(description="Something was due on such a ticket, and was not done.")]


class NoticesPatch(Model):
    """A JSON Merge Patch."""

    assigned: Assigned = True
    mentioned: Mentioned = True
    replied: Replied = True
    sla_warning: Warned = True
    sla_breached: Breached = True


class Notices(Stored):
    """Of what a member of staff is told by mail: of everything, until they turn it off."""

    version: int = 0
    assigned: Assigned = True
    mentioned: Mentioned = True
    replied: Replied = True
    sla_warning: Warned = True
    sla_breached: Breached = True

    def has(self, kind: Kind) -> bool:
        """Whether they want notices of this kind."""
        return bool(getattr(self, kind))


class Told(Stored):
    """How many notices of each kind somebody got in an hour, counted from 1970."""

    version: int = 0
    hour: int = 0
    counts: dict[Kind, int] = {}

    def once_more(self, kind: Kind, at: datetime) -> Self | None:
        """The count with one more at this time; None when they had as many as they get."""
        hour = int(at.timestamp()) // 3600
        counts = self.counts if hour == self.hour else {}
        count = counts.get(kind, 0) + 1
        if count > MOST_AN_HOUR:
            return None
        changed = {"version": self.version + 1, "hour": hour, "counts": {**counts, kind: count}}
        return self.model_copy(update=changed)

    def was_last(self, kind: Kind) -> bool:
        """Whether no more of this kind come within the hour."""
        return self.counts.get(kind, 0) >= MOST_AN_HOUR
