"""How the business handles tickets: when closed ones are opened again, when solved ones are closed."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel import patches, table
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.events import changes
from chalicelib.kernel.kept import Kept
from chalicelib.kernel.model import Model, Stored
from chalicelib.kernel.table import Key
from chalicelib.kernel.work import Work
from chalicelib.support.events import SupportChanged
from chalicelib.support.model import StoredTicket

KEY = Key("SUPPORT", "SUPPORT")
Reopen = Annotated[
    Literal["always", "within_days", "never"],
    Field(
        description="Whether a person's mail opens a closed ticket again: always, within `reopen_days` of "
        "its closing, or never. Where not, it opens a new ticket, linked to the closed one. "
        "A solved ticket is always opened again."
    ),
]
Days = Annotated[int, Field(ge=1, le=3650)]
CloseAfter = Annotated[
    Annotated[int, Field(ge=1, le=365)] | None,
    Field(description="Days after which a solved ticket is closed by itself; null: never."),
]
TicketUrl = Annotated[
    Annotated[str, Field(max_length=500, pattern=r"^https?://[^\s{}]+\{ticket_id\}[^\s{}]*$")] | None,
    Field(
        description="Where your staff opens a ticket, such as `https://desk.example.com/t/{ticket_id}`: for "
        "the links in mails to them; null: at the API."
    ),
]


class SupportPatch(Model):
    """A JSON Merge Patch."""

    reopen: Reopen = "always"
    reopen_days: Days = 14
    close_solved_after_days: CloseAfter = None
    ticket_url: TicketUrl = None


class SupportSettings(Stored):
    version: int = 0
    reopen: Reopen = "always"
    reopen_days: Days = 14
    close_solved_after_days: CloseAfter = None
    ticket_url: TicketUrl = None

    def reopens(self, ticket: StoredTicket, at: datetime) -> bool:
        """Whether a person's mail opens this ticket again, or finds it open."""
        if ticket.status != "closed" or self.reopen == "always":
            return True
        closed_at = ticket.closed_at or ticket.updated_at
        return self.reopen == "within_days" and at < closed_at + timedelta(days=self.reopen_days)

    def closes_at(self, ticket: StoredTicket) -> datetime | None:
        """When this ticket is to be closed by itself, if ever."""
        if ticket.status != "solved" or self.close_solved_after_days is None:
            return None
        return (ticket.solved_at or ticket.updated_at) + timedelta(days=self.close_solved_after_days)


def reopens(ticket: StoredTicket, at: datetime) -> bool:
    """Whether a person's mail opens this ticket again, or finds it open; no call unless it is closed."""
    return ticket.status != "closed" or current().reopens(ticket, at)


def read() -> SupportSettings:
    """The settings as they are now: one call."""
    item = table.get(KEY)
    return SupportSettings.model_validate(item, strict=False) if item else SupportSettings()


_kept = Kept(read)


def current() -> SupportSettings:
    """The settings, as they were 30 seconds ago at most: no call while they are kept, else one."""
    return _kept.current()


def change(work: Work, patch: SupportPatch) -> SupportSettings:
    """Apply a merge patch. Raises Stale."""
    before = read()
    work.check_version(before.version)
    given = patches.given(patch)
    changed = patches.changed(before, given)
    if not changed:
        return before
    after = before.model_copy(update=given | {"version": before.version + 1})
    item = {**KEY._asdict(), **after.model_dump(mode="json", exclude_none=True)}
    if before.version:
        work.replace(item, version=before.version)
    else:
        work.put(item, unless_exists=Stale("Somebody else changed the settings meanwhile."))
    work.record(KEY.pk, SupportChanged(changed=changed), private=changes(before, after, changed))
    _kept.forget()
    return after
