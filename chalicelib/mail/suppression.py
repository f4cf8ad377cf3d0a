"""Addresses that we do not mail: since when and why, by whom, and until when; taken back with a reason."""

from datetime import UTC, datetime
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from chalicelib.kernel import pages, table
from chalicelib.kernel.addresses import EmailAddress
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.events import EventData
from chalicelib.kernel.model import Line, Model, Stored, Utc
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.mail import suppression_store as store

Reason = Literal["bounce", "complaint", "soft_bounces", "erased", "manual"]
SuppressionId = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class SuppressionAdded(EventData):
    """`reason` is manual; what else suppresses is told by the events of the mails."""

    type: ClassVar[str] = "suppression.added"
    audited: ClassVar[bool] = True
    suppression_id: str
    reason: str


class SuppressionLifted(EventData):
    type: ClassVar[str] = "suppression.lifted"
    audited: ClassVar[bool] = True
    suppression_id: str
    reason: str


class NewSuppression(Model):
    email: EmailAddress
    note: Annotated[str, Line(300), Field(description="Why, for the audit trail.")]


class Lifting(Model):
    note: Annotated[str, Line(300), Field(description="Why it may be mailed again, for the audit trail.")]


class Suppression(Stored):
    """A suppressed address, without the address. `source` is a key or a member of staff, or `system`."""

    id: SuppressionId
    reason: Reason
    since: Utc
    until: Utc | None = None
    source: str = "system"


def of_address(email: str) -> Suppression | None:
    """How an address stands: one call."""
    item = table.get(store.address_key(email))
    return _shown(item) if item and "reason" in item else None


def newest(*, limit: int, after: str | None) -> tuple[list[Suppression], str | None]:
    """A page of suppressed addresses, the latest first: one call."""
    found = pages.page([Query("SUP", index="gsi1")], limit=limit, after=after)
    return [_shown(item) for item in found.items], found.after


def add(work: Work, new: NewSuppression) -> Suppression:
    """Suppress an address for good, whatever was there before."""
    source = work.principal.actor or work.principal.id
    item = store.suppress(work, new.email, "manual", source=source)
    shown = _shown(item)
    event = SuppressionAdded(suppression_id=shown.id, reason="manual")
    work.record(item["pk"], event, private={"summary": new.note})
    return shown


def lift(work: Work, suppression_id: str, lifting: Lifting) -> None:
    """Let an address be mailed again. Raises NotFound; fails with Stale when it changed meanwhile."""
    key = Key(f"SUP#{suppression_id}", "SUP")
    item = table.get(key)
    if item is None or "reason" not in item:
        raise NotFound("This address is not suppressed.", code="no_such_suppression")
    store.lift(work, key, since=item["since"])
    event = SuppressionLifted(suppression_id=suppression_id, reason=item["reason"])
    work.record(key.pk, event, private={"summary": lifting.note})


def _shown(item: Item) -> Suppression:
    until = datetime.fromtimestamp(item["expires_at"], UTC) if "expires_at" in item else None
    fields = {"id": item["pk"].removeprefix("SUP#"), "until": until}
    return Suppression.model_validate(item | fields, strict=False)
