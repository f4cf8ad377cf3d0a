"""Merging a ticket into another one, and undoing it: a pointer, nothing moves (docs/adr/0033)."""

from __future__ import annotations

from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.model import each_once
from chalicelib.kernel.work import Work
from chalicelib.mail import service as mail
from chalicelib.support import service, store
from chalicelib.support.events import TicketMerged, TicketUnmerged
from chalicelib.support.model import MAX_MERGED, MAX_PARTICIPANTS, Participant, StoredTicket, Ticket


def merge(work: Work, ticket_id: str, from_id: str) -> Ticket:
    """Merge a ticket into this one, which shows its messages from now on and gets its mails.

    Raises NotFound; Invalid `same_ticket`; Conflict `merged`, `already_merged`, `too_many_merged`; Stale.
    """
    target, source = _both(ticket_id, from_id)
    work.check_version(target.version)
    if source.merged_into == target.id:
        raise Conflict("This ticket is merged already.", code="already_merged")
    for one in (target, source):
        if one.merged_into:
            raise one.is_merged()
    merged_ids = [*target.merged_ids, source.id, *source.merged_ids]
    if len(merged_ids) > MAX_MERGED:
        raise Conflict(f"{MAX_MERGED} tickets are merged into one at most.", code="too_many_merged")
    joined = {"merged_ids": merged_ids, "participants": _together(target, source)}
    after = service.apply(work, target, joined)
    pointing = {"merged_into": target.id, "merged_ids": [], "brought": source.merged_ids}
    service.apply(work, source, pointing | {"status": "closed", "status_before_merge": source.status})
    store.repoint(work, source.merged_ids, before=source.id, after=target.id)
    mail.unite(work, target.id, merged_ids)
    mail.unite(work, source.id, [])
    event = TicketMerged(ticket_id=target.id, merged_id=source.id)
    service.record(work, target, event, {"subject": target.subject})
    return service.shown(after)


def undo(work: Work, ticket_id: str, from_id: str) -> Ticket:
    """Take a merge back: the other ticket is as it was, with what had been merged into it before.

    Whoever took part in it goes on taking part in both. Raises NotFound, Invalid, Conflict `not_merged`,
    Stale.
    """
    target, source = _both(ticket_id, from_id)
    work.check_version(target.version)
    if source.merged_into != target.id:
        raise Conflict("That ticket is not merged into this one.", code="not_merged")
    back = [one for one in source.brought if one in target.merged_ids]
    left = [one for one in target.merged_ids if one not in (source.id, *back)]
    after = service.apply(work, target, {"merged_ids": left})
    restored = {"merged_into": None, "merged_ids": back, "brought": [], "status_before_merge": None}
    service.apply(work, source, restored | {"status": source.status_before_merge or "open"})
    store.repoint(work, back, before=target.id, after=source.id)
    mail.unite(work, target.id, left)
    mail.unite(work, source.id, back)
    event = TicketUnmerged(ticket_id=target.id, merged_id=source.id)
    service.record(work, target, event, {"subject": target.subject})
    return service.shown(after)


def _both(ticket_id: str, from_id: str) -> tuple[StoredTicket, StoredTicket]:
    """Both tickets: one call."""
    if ticket_id == from_id:
        raise Invalid.in_body("from_id", "is the ticket itself", "same_ticket")
    found = store.get_many([ticket_id, from_id])
    if len(found) < 2:
        raise store.no_such_ticket()
    return found[0], found[1]


def _together(target: StoredTicket, source: StoredTicket) -> list[Participant]:
    """The participants of both, the first ones when there is no more room."""
    joined = target
    for one in source.participants:
        people = joined.joined_by(one.address, verified=one.verified)
        joined = joined.model_copy(update={"participants": people})
    return each_once(joined.participants)[:MAX_PARTICIPANTS]
