"""Keeps what tickets are found by: a posting for each term, which names the ticket and nothing that changes.

A message adds its terms to those of its ticket; what changes more is told anew from what is there. Either may
happen twice, in any order, and beside another (Stale).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from boto3.dynamodb.conditions import Attr

from chalicelib.kernel import table
from chalicelib.kernel.errors import Stale
from chalicelib.kernel.postings import Entries, Held, Index, posting_key
from chalicelib.kernel.table import Item, Key
from chalicelib.kernel.work import Work
from chalicelib.mail import service as mail
from chalicelib.mail.model import StoredMessage
from chalicelib.support import store, terms
from chalicelib.support.model import StoredTicket

TERMS = "TKT#TERM"
"""The index's name in the partitions of its postings."""
MAX_READ = 50
"""Messages that are read of either end of a conversation when it is told anew."""


def note_key(ticket_id: str) -> Key:
    """Where the note of a ticket's terms lies: among its own items, beyond those read with it (presence)."""
    return Key(store.ticket_key(ticket_id).pk, "WORDS")


def _items(ticket_id: str, entries: Entries) -> list[Item]:
    keys = [posting_key(TERMS, term, ticket_id) for term in entries.terms]
    return [{**key._asdict(), "ticket_id": ticket_id} for key in keys]


INDEX = Index(note_key, _items)


def add(work: Work, ticket_id: str, message_ids: Sequence[str] = ()) -> None:
    """Have a ticket found by its heading and by these messages, too, 40 at most: one call.

    What was said in a merged ticket is said in the one that goes on with it.
    """
    ticket, held, messages = _read(ticket_id, message_ids)
    if ticket is not None and ticket.merged_into and message_ids:
        ticket, held, messages = _read(ticket.merged_into, message_ids)
    if ticket is None or ticket.merged_into:
        INDEX.replace(work, ticket_id, held, Entries())
        return
    heading = terms.heading_terms(ticket)
    known = held.entries.terms
    _replace(work, ticket, held, terms.together(heading, [*known, *_said(ticket, messages)]))


def anew(work: Work, ticket_id: str, *, rewrite: bool = False) -> None:
    """Tell anew what a ticket is found by: a merged one by nothing. Two calls, and more where threads unite.

    `rewrite` writes what seems to be there, too.
    """
    ticket, held, _ = _read(ticket_id, ())
    if ticket is None or ticket.merged_into:
        INDEX.replace(work, ticket_id, held, Entries())
        return
    merged = store.get_many(ticket.merged_ids)
    headings = [term for one in merged for term in terms.heading_terms(one)]
    messages = mail.said_in([ticket.id, *ticket.merged_ids], limit=MAX_READ)
    wanted = terms.together(terms.heading_terms(ticket), [*headings, *_said(ticket, messages)])
    _replace(work, ticket, held, wanted, rewrite=rewrite)


def _read(
    ticket_id: str, message_ids: Iterable[str]
) -> tuple[StoredTicket | None, Held, list[StoredMessage]]:
    """A ticket, what the index has of it, and these messages: one call."""
    keys = [mail.message_key(one) for one in message_ids]
    found = table.get_many([store.ticket_key(ticket_id), note_key(ticket_id), *keys])
    messages = [mail.stored(found[key]) for key in keys if key in found]
    ticket = store.stored(found.get(store.ticket_key(ticket_id)))
    return ticket, Held.of(found.get(note_key(ticket_id))), messages


def _said(ticket: StoredTicket, messages: Iterable[StoredMessage]) -> list[str]:
    """The terms of what was said in a ticket; what is sent by itself says nothing of it."""
    threads = {ticket.id, *ticket.merged_ids}
    texts = [one.text for one in messages if one.thread_id in threads and not one.auto_reply]
    return [term for text in texts for term in terms.said_terms(text)]


def _replace(
    work: Work, ticket: StoredTicket, held: Held, wanted: list[str], *, rewrite: bool = False
) -> None:
    INDEX.replace(work, ticket.id, held, Entries(wanted), anew=rewrite)
    if work.writes:
        gone = Stale("The ticket was removed meanwhile.")
        work.require(store.ticket_key(ticket.id), gone)


def remove(work: Work, ticket_id: str) -> int:
    """Remove what a ticket is found by; how many terms there were."""
    _, held, _ = _read(ticket_id, ())
    INDEX.replace(work, ticket_id, held, Entries())
    return len(held.entries)


def require_removed(work: Work, ticket_id: str) -> None:
    """Commit only if the index has nothing of the ticket. Fails with Stale."""
    written = Stale("The ticket was indexed meanwhile.")
    work.require(note_key(ticket_id), written, when=Attr("pk").not_exists())
