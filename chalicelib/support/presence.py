"""Who on the staff is at a ticket now, so that no two answer at once; it ends by itself after a minute."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.kernel import pages
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.ids import stamp
from chalicelib.kernel.model import Model
from chalicelib.kernel.pages import Query
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.support import store
from chalicelib.support.model import Presence, StoredTicket

LASTS = timedelta(seconds=60)
_PREFIX = "PRESENCE#"
MOST = 100


class NewPresence(Model):
    """What whoever the caller acts for is doing."""

    state: Annotated[
        Literal["viewing", "answering", "gone"],
        Field(description="Say it again within a minute, or `gone` when done."),
    ]


class Present(Model):
    data: list[Presence]


def note(work: Work, ticket_id: str, new: NewPresence) -> None:
    """Note that the actor is at a ticket. Raises Invalid without one; fails with NotFound."""
    actor = work.principal.actor
    if actor is None:
        raise Invalid("Say who it is: Rapport-Actor.", code="no_actor")
    key = Key(store.ticket_key(ticket_id).pk, _PREFIX + actor)
    if new.state == "gone":
        work.delete(key)
        return
    work.require(store.ticket_key(ticket_id), store.no_such_ticket())
    until = work.now + LASTS
    state = {"staff_id": actor, "state": new.state, "until": stamp(until)}
    work.overwrite({**key._asdict(), **state, "expires_at": int(until.timestamp())})


def with_present(ticket_id: str) -> tuple[StoredTicket, list[Presence]]:
    """A ticket and who is at it, 100 at most: one call, since they lie side by side. Raises NotFound."""
    itself = store.ticket_key(ticket_id)
    query = Query(itself.pk, low=_PREFIX, high=itself.sk, consistent=True)
    found = pages.page([query], limit=MOST).items
    ticket = store.stored(next((item for item in found if item["sk"] == itself.sk), None))
    if ticket is None:
        raise store.no_such_ticket()
    return ticket, [_presence(item) for item in found if item["sk"] != itself.sk]


def _presence(item: Item) -> Presence:
    return Presence.model_validate(item, strict=False)
